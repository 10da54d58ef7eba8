//! What figures are made of, as text: a figure that loses a series, an axis or its tips changes it.

use std::fmt::Write as _;
use std::path::Path;

use super::super::canvas::{Part, Shape, Zone};
use super::super::{Figure, STEMS};

/// Cases whose figures are kept as text, and which of them, if not all; the other cases are odd on purpose, or like
/// these.
const KEPT: [(&str, &[&str]); 17] = [
    ("detail", &[]),
    ("quota", &["quota_balance"]),
    ("money", &["money"]),
    ("map", &["network_map"]),
    (
        "compare",
        &[
            "strategy_differences",
            "strategy_costs",
            "exceedance",
            "delivered_rate",
            "convergence",
        ],
    ),
    (
        "doubtful",
        &["exceedance", "delivered_rate", "losses", "convergence"],
    ),
    ("stress", &[]),
    ("story", &[]),
    ("backtest", &[]),
    ("exact", &[]),
    ("sensitivity", &[]),
    ("curve", &[]),
    ("importance", &["importance_hazards"]),
    ("shapley", &[]),
    ("recovery", &[]),
    ("optimise", &[]),
    ("rank", &[]),
];

/// Holds a figure against what is kept of it, if its case is one of those.
pub(super) fn compared(case: &str, stem: &str, figure: &Figure) {
    let is_kept = |(name, stems): &(&str, &[&str])| {
        *name == case && (stems.is_empty() || stems.contains(&stem))
    };
    if KEPT.iter().any(is_kept) {
        insta::assert_snapshot!(format!("{case}-{stem}"), outline(figure));
    }
}

/// Where something is drawn, in whole points: the range of the data, as far as it is seen.
#[derive(Default)]
struct Reach(Option<[f64; 4]>);

impl Reach {
    fn add(&mut self, (x, y): (f64, f64)) {
        let [left, top, right, bottom] = self.0.unwrap_or([x, y, x, y]);
        self.0 = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
    }

    fn told(&self) -> String {
        self.0
            .map_or_else(String::new, |[left, top, right, bottom]| {
                format!(" in {left:.0}–{right:.0} × {top:.0}–{bottom:.0}")
            })
    }
}

/// A figure in words: its size, title and texts, and for each series how much is drawn where.
pub(in crate::charts) fn outline(figure: &Figure) -> String {
    let scene = figure.scene();
    let mut text = format!(
        "{:.0} × {:.0} points\ntitle: {}\n",
        scene.width, scene.height, scene.title
    );
    let series = std::iter::once(None).chain((0..scene.names.len()).map(Some));
    for of in series {
        let name = of.map_or("", |place| &scene.names[place]);
        let mut reach = Reach::default();
        let (mut areas, mut lines, mut dots) = (0, 0, 0);
        for Part { what, .. } in scene.shapes.iter().filter(|part| part.series == of) {
            match what {
                Shape::Area { corners, .. } => {
                    areas += 1;
                    for &corner in corners {
                        reach.add(corner);
                    }
                }
                Shape::Line { places, .. } => {
                    lines += 1;
                    for &place in places {
                        reach.add(place);
                    }
                }
                Shape::Dot { centre, .. } => {
                    dots += 1;
                    reach.add(*centre);
                }
            }
        }
        let tips = scene.tips.iter().filter(|part| part.series == of).count();
        let _ = writeln!(
            text,
            "series {name:?}: {areas} areas, {lines} lines, {dots} dots, {tips} tips{}",
            reach.told()
        );
    }
    let words = scene.labels.iter().map(|part| part.what.text.as_str());
    let _ = writeln!(text, "texts: {}", words.collect::<Vec<_>>().join(" | "));
    for (place, tip) in [("first", scene.tips.first()), ("last", scene.tips.last())] {
        if let Some(Part { what, .. }) = tip {
            let _ = writeln!(text, "{place} tip: {}", what.text.replace('\n', " / "));
        }
    }
    text
}

/// Every tip lies in the figure and says something.
pub(super) fn tips_can_be_pointed_at(case: &str, stem: &str, figure: &Figure) {
    let scene = figure.scene();
    for Part { what, .. } in &scene.tips {
        assert!(!what.text.trim().is_empty(), "{case} {stem}: an empty tip");
        let inside = |(x, y): (f64, f64)| {
            (0.0..=scene.width).contains(&x) && (0.0..=scene.height).contains(&y)
        };
        let (one, other) = match what.zone {
            Zone::Between(a, b) => (a, b),
            Zone::Around(centre, _) => (centre, centre),
        };
        assert!(
            inside(one) || inside(other),
            "{case} {stem}: {:?} of {:?}",
            what.zone,
            what.text
        );
    }
}

#[test]
fn every_figure_there_is_is_kept_as_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/charts/tests/snapshots");
    let names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder of snapshots")
        .map(|entry| {
            entry
                .expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    // Drawn as those of hazards are.
    for stem in STEMS.iter().filter(|&&stem| stem != "importance_elements") {
        let end = format!("-{stem}.snap");
        assert!(names.iter().any(|name| name.ends_with(&end)), "{stem}");
    }
}
