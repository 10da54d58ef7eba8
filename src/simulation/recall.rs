//! Answers to questions that were asked before: bounded, exact.
//!
//! Direct-mapped, of fixed size. A slot holds the whole question, so an answer is never a guess,
//! and a run with it has the same bits as one without.

/// Memory of one of these, bytes, about.
const MEMORY: usize = 4 << 20;
/// Most slots.
const MOST: usize = 1 << 12;

/// Answers by questions.
pub(super) struct Recall<A> {
    slots: Vec<Slot<A>>,
}

#[derive(Clone, Default)]
struct Slot<A> {
    /// Empty if nothing was asked.
    question: Vec<i64>,
    answer: A,
}

impl<A: Clone + Default> Recall<A> {
    /// For questions and answers that take about so many words together.
    pub(super) fn new(words: usize) -> Self {
        let size = size_of::<Slot<A>>() + words * size_of::<i64>();
        let slots = 1 << (MEMORY / size).clamp(16, MOST).ilog2();
        Self {
            slots: vec![Slot::default(); slots],
        }
    }

    /// The answer to a question, and whether it is known; else it must be written there, over what
    /// was there before.
    pub(super) fn ask(&mut self, question: &[i64]) -> (&mut A, bool) {
        // Four lanes, so that one product need not wait for the last.
        let mut lanes = [0x9e37_79b9_7f4a_7c15_u64; 4];
        for part in question.chunks(4) {
            for (lane, &word) in lanes.iter_mut().zip(part) {
                *lane = (*lane ^ word as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                *lane ^= *lane >> 32;
            }
        }
        let [a, b, c, d] = lanes;
        let hash = (a ^ b.rotate_left(16) ^ c.rotate_left(32) ^ d.rotate_left(48))
            .wrapping_mul(0x94d0_49bb_1331_11eb);
        let at = (hash >> 40) as usize & (self.slots.len() - 1);
        let slot = &mut self.slots[at];
        let is_known = slot.question == question;
        if !is_known {
            slot.question.clear();
            slot.question.extend_from_slice(question);
        }
        (&mut slot.answer, is_known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_given_to_its_own_question_only() {
        let mut recall: Recall<i64> = Recall::new(3);
        for round in 0..3 {
            for one in 0..20_000 {
                let question = [one, one % 7, -one];
                let (answer, is_known) = recall.ask(&question);
                assert!(!is_known || *answer == one, "round {round}");
                *answer = one;
                assert_eq!(recall.ask(&question), (&mut one.clone(), true));
            }
        }
    }
}
