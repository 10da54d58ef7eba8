use crate::results::Story;
pub(super) fn scene(_: &Story) -> Option<super::canvas::Scene> {
    None
}
