//! Quotas on random worlds: the ledger closes, floors hold, and a quota that asks for nothing
//! changes nothing.

use keruen::model::{Control, Follow, Model, Quota, Series};
use keruen::results::Metrics;
use keruen::simulation::{self, Silent};
use keruen::units::{Barrels, BarrelsPerDay, Fraction, Seconds};
use proptest::prelude::*;

use crate::properties::cases;
use crate::random_worlds::{World, networks_with_tanks};
use crate::worlds::{metric, run, settings};

const REPLICATIONS: u64 = 4;

/// What is drawn of a quota and its fields.
#[derive(Clone, Debug)]
struct Terms {
    /// Share of all plans, per cent, before and after a third of the time.
    caps: [u8; 2],
    compensation: u8,
    follow: Follow,
    catch_up: bool,
    credit: bool,
    both: bool,
    /// By field: who controls it, crude share and floor, per cent.
    fields: Vec<(u8, u8, u8)>,
}

fn terms() -> impl Strategy<Value = Terms> {
    let field = (0..3_u8, 0..=100_u8, 0..=100_u8);
    let numbers = (any::<[bool; 4]>(), prop::collection::vec(field, 8));
    ([0..=110_u8, 0..=110_u8], 0..=60_u8, numbers).prop_map(
        |(caps, compensation, ([compensates, catch_up, credit, both], fields))| Terms {
            caps,
            compensation,
            follow: if compensates {
                Follow::Compensate
            } else {
                Follow::Comply
            },
            catch_up,
            credit,
            both,
            fields,
        },
    )
}

fn share(per_cent: u8) -> Fraction {
    Fraction::new(f64::from(per_cent) / 100.0).expect("a share")
}

/// The world with the quota on all its fields.
fn under(world: &World, terms: &Terms, follow: Follow) -> Model {
    let mut model = world.model();
    for (field, &(control, crude, floor)) in model.fields.iter_mut().zip(&terms.fields) {
        field.control = [None, Some(Control::State), Some(Control::Investors)][control as usize];
        field.crude_share = share(crude);
        field.floor = share(floor);
    }
    let plans: i64 = model.fields.iter().map(|field| field.plan.first().0).sum();
    let part = |per_cent: u8| BarrelsPerDay(plans * i64::from(per_cent) / 100);
    let steps = [
        (Seconds::ZERO, part(terms.caps[0])),
        (Seconds(model.horizon.0 / 3), part(terms.caps[1])),
    ];
    let order = [Control::State, Control::Investors];
    model.quotas = vec![Quota {
        id: "q".to_owned(),
        name: "Q".to_owned(),
        cap: Series::from_steps(steps).expect("in order"),
        compensation: Series::constant(part(terms.compensation)),
        follow,
        cut_order: order[..if terms.both { 2 } else { 1 }].to_vec(),
        catch_up: terms.catch_up,
        opening: Barrels(1_000_000),
        credit: terms.credit,
        fields: (0..model.fields.len()).collect(),
    }];
    model
}

fn mean(metrics: &Metrics, name: &str) -> f64 {
    metric(metrics, name).mean.expect("a mean")
}

proptest! {
    #![proptest_config(cases(80))]

    /// Debug builds check of every replication that no barrel is made or lost.
    #[test]
    fn the_ledger_closes_under_quotas(world in networks_with_tanks(5), terms in terms()) {
        let model = under(&world, &terms, terms.follow);
        let run = run(&model, REPLICATIONS);
        let system = &run.result.metrics;
        let parts = ["delivered", "stored", "field_outage", "damaged", "quota_cut", "shut_in"];
        let sum: f64 = parts.iter().map(|part| mean(system, part)).sum();
        let planned = mean(system, "planned");
        // Each of the six is rounded to whole barrels.
        prop_assert!((planned - sum).abs() <= 3.0, "{planned} are booked as {sum}");
        let quota = &run.result.quotas["q"];
        prop_assert!(mean(quota, "counted") <= mean(system, "planned"));
        prop_assert_eq!(mean(system, "quota_balance"), mean(quota, "balance"));
        prop_assert!(terms.credit || metric(quota, "balance").min >= Some(0.0));
        for (field, &(control, crude, floor)) in model.fields.iter().zip(&terms.fields) {
            let books = &run.result.fields[&field.id];
            let most = mean(books, "planned") * f64::from(100 - floor) / 100.0;
            let can_be_cut = crude > 0 && (control == 1 || control == 2 && terms.both);
            let most = if can_be_cut { most } else { 0.0 };
            let cut = mean(books, "quota_cut");
            // Floors are whole b/d.
            prop_assert!(cut <= most + model.horizon.days(), "{}: {cut} of {most}", field.id);
            prop_assert!(mean(books, "shut_in") >= 0.0);
        }
        // Nothing depends on how many threads share the work.
        let alone = simulation::run(&model, &settings(&model, REPLICATIONS), &mut Silent);
        let alone = alone.expect("tanks come to rest").result;
        prop_assert_eq!(&alone.metrics, system);
        prop_assert_eq!(&alone.quota_months, &run.result.quota_months);
    }

    /// A quota that nobody keeps is bookkeeping alone, and one above all plans never binds.
    #[test]
    fn a_quota_that_asks_for_nothing_changes_nothing(
        world in networks_with_tanks(5),
        terms in terms(),
    ) {
        let play = |model: &Model| {
            simulation::run(model, &settings(model, REPLICATIONS), &mut Silent)
                .expect("tanks come to rest")
                .result
        };
        let free = play(&world.model());
        let mut reported = play(&under(&world, &terms, Follow::NationalInterest));
        prop_assert_eq!(mean(&reported.metrics, "quota_cut"), 0.0);
        reported.metrics.remove("quota_balance");
        prop_assert_eq!(&reported.metrics, &free.metrics);
        prop_assert_eq!(&reported.routes, &free.routes);
        prop_assert_eq!(&reported.hazards, &free.hazards);
        prop_assert_eq!(&reported.fan, &free.fan);

        let ample = Terms { caps: [105, 105], catch_up: false, ..terms };
        let ample = play(&under(&world, &ample, Follow::Comply));
        prop_assert_eq!(mean(&ample.metrics, "quota_cut"), 0.0);
        prop_assert_eq!(mean(&ample.quotas["q"], "excess"), 0.0);
    }

    /// Without tanks nothing moves once the quota is kept, so what counts is at most the cap, or
    /// nobody can be cut any further.
    #[test]
    fn an_instant_keeps_to_its_cap(world in networks_with_tanks(5), terms in terms()) {
        let bare = World { tanks: vec![0; world.tanks.len()], ..world };
        let fields = terms.fields.iter().map(|&(control, crude, _)| (1 + control % 2, crude, 0));
        let terms = Terms { both: true, catch_up: false, fields: fields.collect(), ..terms };
        let result = run(&under(&bare, &terms, Follow::Comply), REPLICATIONS).result;
        prop_assert_eq!(mean(&result.quotas["q"], "unmet_cut"), 0.0);
        prop_assert_eq!(mean(&result.quotas["q"], "excess"), 0.0);
    }
}
