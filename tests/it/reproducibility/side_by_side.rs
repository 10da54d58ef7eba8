//! Plain renewals are drawn many at once: what comes out is what drawing them one by one gives.

use keruen::model::{Element, Hazard, Law, Model, Occurs, Overlap, Part, Start, Target};
use keruen::sampling::{Disruption, Stream, Timeline, Timelines};
use keruen::units::{Fraction, Seconds};

use crate::worlds::{head, model};

const DAY: i64 = 86_400;

/// Numbers to make models of, one after the other.
struct Dice(Stream, u32);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.1 += 1;
        self.0.uniform(0, self.1, 0)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.roll() * count as f64) as usize
    }

    /// Between two numbers, as likely between each and its double.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.roll())
    }

    fn time(&mut self, kind: usize) -> Law {
        let mean = self.between(0.02, 400.0);
        match kind {
            0 => Law::Exponential { mean },
            1 => Law::Weibull {
                mean,
                shape: self.between(0.5, 4.0),
            },
            2 => Law::Fixed(mean),
            3 => Law::Uniform {
                low: 0.0,
                high: mean,
            },
            4 => Law::LogNormal {
                mu: mean.ln(),
                sigma: self.roll(),
            },
            5 => Law::Geometric {
                mean: 1.0 + mean.floor(),
                step: 1.0,
            },
            6 => Law::Geometric {
                mean: 3.0 * mean,
                step: mean,
            },
            _ => Law::Geometric {
                mean: mean.max(0.25),
                step: 0.25,
            },
        }
    }

    fn hazard(&mut self, number: usize, links: usize, horizon: Seconds) -> Hazard {
        // Most are of a few kinds, so that there is something to draw side by side.
        let (up, down) = match self.below(8) {
            0 | 1 => (self.time(0), self.time(0)),
            2 | 3 => (self.time(5), self.time(5)),
            4 => (self.time(0), self.time(4)),
            _ => {
                let kinds = [self.below(8), self.below(8)];
                (self.time(kinds[0]), self.time(kinds[1]))
            }
        };
        let left = match self.below(4) {
            0 => Law::Uniform {
                low: 0.0,
                high: 0.5,
            },
            1 => Law::Fixed(self.roll()),
            _ => Law::Fixed(0.0),
        };
        let targets = 1 + self.below(3) * self.below(3);
        let targets = (0..targets).map(|target| {
            let parts = (0..=(self.below(4) / 3)).map(|part| Part {
                element: Element::Link((number + 7 * target + part) % links),
                unit: None,
                loss: Fraction::nearest(if part == 0 { 1.0 } else { 0.4 }),
            });
            Target {
                parts: parts.collect(),
                key: format!("link.{target}"),
            }
        });
        let targets = targets.collect();
        let start = match self.below(4) {
            0 => Start::Up,
            1 => Start::Down {
                age: Seconds(self.below(200_000) as i64),
            },
            _ => Start::Stationary,
        };
        let (from, until) = match self.below(6) {
            0 => (Seconds(horizon.0 / 5), Seconds(horizon.0 / 2)),
            _ => (Seconds::ZERO, horizon),
        };
        let occurs = Occurs::Renewal { up };
        Hazard {
            overlap: Overlap::Ignore,
            start,
            from,
            until,
            ..Hazard::plain(format!("h{number}"), targets, occurs, [down, left], horizon)
        }
    }
}

fn world(seed: u64, count: usize, days: i64) -> Model {
    let links = 12;
    let mut text = format!(
        "{}[field.oil]\nplan = \"9 kb/d\"\n[market.sea]\n",
        head("365 d")
    );
    for link in 0..links {
        text += &format!("[link.l{link}]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"2 kb/d\"\n");
    }
    let mut model = model(&text);
    model.horizon = Seconds(days * DAY + 11);
    let mut dice = Dice(Stream::new(seed, 0, "dice", ""), 0);
    model.hazards = (0..count)
        .map(|number| dice.hazard(number, links, model.horizon))
        .collect();
    if count > 2 {
        // Something that looks at what others do.
        let cause = model.hazards[dice.below(count)].id.clone();
        model.hazards.push(Hazard::plain(
            "consequence".to_owned(),
            model.hazards[0].targets.clone(),
            Occurs::After {
                hazard: cause,
                chance: Fraction::nearest(0.5),
                lasts_with_cause: true,
            },
            [Law::Fixed(0.0), Law::Fixed(0.5)],
            model.horizon,
        ));
    }
    model
}

fn drawn(model: &Model, replications: std::ops::Range<u64>) -> Vec<(Vec<Disruption>, Edges)> {
    let timelines = Timelines::new(model, &model.hazards, 9, 0);
    let mut timeline = Timeline::default();
    let mut found = Vec::new();
    for replication in replications {
        timelines.sample(replication, &mut timeline);
        found.push((timeline.disruptions().to_vec(), timeline.edges().collect()));
    }
    found
}

type Edges = Vec<(Seconds, usize, bool)>;

/// A hazard whose events take effect after no time at all is the same hazard, but not one that is
/// drawn side by side with others.
fn one_by_one(model: &Model) -> Model {
    let mut model = model.clone();
    for hazard in &mut model.hazards {
        if matches!(hazard.occurs, Occurs::Renewal { .. }) {
            hazard.delay = Some(Law::Fixed(0.0));
        }
    }
    model
}

#[test]
fn side_by_side_is_one_by_one() {
    let mut events = 0;
    for seed in 0..120 {
        let count = [1, 2, 3, 5, 17, 60][seed % 6];
        let days = [40, 365, 4_000][seed / 6 % 3];
        let model = world(seed as u64, count, days);
        let found = drawn(&model, 0..4);
        assert!(found == drawn(&one_by_one(&model), 0..4), "seed {seed}");
        assert!(
            found[2..] == drawn(&model, 2..4)[..],
            "seed {seed}, from the middle"
        );
        events += found.iter().map(|(hits, _)| hits.len()).sum::<usize>();
    }
    assert!(events > 50_000, "{events} disruptions");
}

/// The workloads are drawn side by side altogether.
#[test]
fn the_workloads_are_the_same_one_by_one() {
    let model = super::loaded("benches/workloads/w1.toml").model;
    assert!(drawn(&model, 0..200) == drawn(&one_by_one(&model), 0..200));
}
