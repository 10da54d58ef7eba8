//! The story of one replication as text.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::charts::story_title;
use crate::results::{Story, StoryPick};

use super::number::{NOTHING, Scale, brief, counted, grouped, instants, per_cent, to_the_minute};
use super::run::{columns, paragraph};
use super::story_events::{Event, events, folded};
use super::story_tanks::{Cycle, cycles};
use super::stress::{days, flow, lasting};
use super::table::{Align, Table};
use super::tell::Tell;

/// The most events, and rows of other tables, that are told.
const MOST_EVENTS: usize = 16;
const MOST_ROWS: usize = 8;

/// Events are told until they explain this share of the loss.
const EXPLAINED: f64 = 0.995;

/// A hazard with a smaller share of the loss is told in sum.
const LEAST_SHARE: f64 = 0.002;

/// Writes what happened in one replication and why, for a person to read, in at most `width`
/// columns. What cost little is told in sum.
///
/// # Errors
/// Those of `out`.
pub fn story_text(story: &Story, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    story_told(story, width, &mut out)
}

pub(super) fn story_told(story: &Story, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let teller = Teller::new(story);
    paragraph(&pick(story), width, out)?;
    paragraph(&format!("{}.", story_title(story)), width, out)?;
    if !story.strategies.is_empty() {
        paragraph(
            &format!("With {}.", story.strategies.join(", ")),
            width,
            out,
        )?;
    }
    writeln!(out)?;
    teller.totals(width, out)?;
    teller.causes(width, out)?;
    teller.regimes(width, out)?;
    teller.events(width, out)?;
    teller.course(width, out)?;
    teller.tanks(width, out)?;
    teller.shut_ins(width, out)?;
    teller.shortfalls(width, out)?;
    teller.bottlenecks(width, out)?;
    let hash = &story.scenario.sha256;
    let hash = hash.get(..12).unwrap_or(hash);
    writeln!(
        out,
        "\nkeruen {}, scenario {hash}, seed {}, replication {}.",
        story.version, story.seed, story.replication
    )
}

/// Which replication it is, how it was picked and where it stands.
fn pick(story: &Story) -> String {
    let name = format!(
        "{}: replication {} of seed {}",
        story.scenario.name, story.replication, story.seed
    );
    let chosen = match &story.pick {
        StoryPick::Number => return format!("{name}."),
        StoryPick::Worst(standing) => format!("the worst of {}", counted(standing.among)),
        StoryPick::Quantile {
            probability,
            standing,
        } => format!(
            "the {} % quantile of {} (rank {} from the worst)",
            brief(100.0 * probability, 4),
            counted(standing.among),
            counted(standing.rank)
        ),
    };
    let equals = story.pick.standing().map_or(1, |standing| standing.equals);
    match equals {
        0 | 1 => format!("{name}, {chosen} by undelivered."),
        several => format!(
            "{name}, {chosen} by undelivered; the first of {} with as much.",
            counted(several)
        ),
    }
}

/// A story in the units in which it is told.
pub(super) struct Teller<'s> {
    pub(super) story: &'s Story,
    instant: Box<dyn Fn(i64) -> String>,
    pub(super) volume: Scale,
    pub(super) rate: Scale,
    horizon: i64,
}

impl<'s> Teller<'s> {
    fn new(story: &'s Story) -> Self {
        let most = story.epochs.iter().map(|epoch| epoch.planned_bpd).max();
        Self {
            story,
            instant: Box::new(instants(&story.scenario.start)),
            volume: Scale::volume(story.undelivered_bbl.max(story.lost_production_bbl) as f64),
            rate: Scale::rate(most.unwrap_or(0) as f64),
            horizon: story.epochs.last().map_or(0, |epoch| epoch.end_seconds),
        }
    }

    pub(super) fn barrels(&self, bbl: f64) -> String {
        grouped(
            self.volume.of(bbl),
            if self.volume.factor > 1.0 { 2 } else { 0 },
        )
    }

    fn in_unit(&self, bbl: i64) -> String {
        format!("{} {}", self.barrels(bbl as f64), self.volume.unit)
    }

    pub(super) fn from(&self, seconds: i64) -> String {
        to_the_minute(&self.instant, seconds)
    }

    fn until(&self, seconds: i64) -> String {
        if seconds >= self.horizon {
            "the end".to_owned()
        } else {
            self.from(seconds)
        }
    }

    fn totals(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        let story = self.story;
        let share = |part: i64, whole: i64| {
            if whole > 0 {
                per_cent(part as f64 / whole as f64)
            } else {
                NOTHING.to_owned()
            }
        };
        let mut table = Table::pairs();
        let mut line = |title: &str, text: String| table.row([title.to_owned(), text]);
        line("Planned", self.in_unit(story.planned_bbl));
        line(
            "Delivered",
            format!(
                "{}; {} if nothing goes wrong",
                self.in_unit(story.delivered_bbl),
                self.in_unit(story.undisturbed_delivered_bbl)
            ),
        );
        line(
            "Undelivered",
            format!(
                "{} ({} of plan)",
                self.in_unit(story.undelivered_bbl),
                share(story.undelivered_bbl, story.planned_bbl)
            ),
        );
        line("Lost production", self.in_unit(story.lost_production_bbl));
        line("Shut in", self.in_unit(story.shut_in_bbl));
        if story.field_outage_bbl != 0 {
            let lost = self.in_unit(story.field_outage_bbl);
            line("Lost to the fields' own outages", lost);
        }
        if story.damaged_bbl != 0 {
            line(
                "Lost to damage by earlier stops",
                self.in_unit(story.damaged_bbl),
            );
        }
        if story.quota_cut_bbl != 0 {
            line("Withheld for quotas", self.in_unit(story.quota_cut_bbl));
        }
        if story.stored_bbl != 0 {
            line("Change of stock", self.in_unit(story.stored_bbl));
        }
        line(
            "First recovered",
            match (story.not_recovered, story.time_to_recover_hours) {
                (true, _) => "not by the end of the horizon".to_owned(),
                (false, Some(hours)) => format!("{} after deliveries fell", lasting(hours)),
                (false, None) => "deliveries never fell out of the band".to_owned(),
            },
        );
        out.about("What it came to");
        table.write(width, out)
    }

    fn causes(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        let story = self.story;
        if story.causes.is_empty() {
            return Ok(());
        }
        let laid = format!("laid to it, {}", self.volume.unit);
        let mut table = titled(
            &["hazard", "class"],
            &["events", "active, days", &laid, "%"],
        );
        // What is made up for later is no loss to take a share of.
        let all = sum(story.causes.iter().map(|cause| cause.attributed_bbl.max(0)));
        let share = |part: i64| {
            if all > 0 {
                grouped(100.0 * part as f64 / all as f64, 1)
            } else {
                NOTHING.to_owned()
            }
        };
        let least = LEAST_SHARE * all as f64;
        let causes = &story.causes;
        let large = causes.iter().take(MOST_ROWS);
        let large = large.filter(|cause| cause.attributed_bbl.abs() as f64 >= least);
        // One line for one hazard is no longer than one line for one more.
        let told = match large.count() {
            all_but_one if all_but_one + 1 == causes.len() => causes.len(),
            told => told,
        };
        let (told, rest) = causes.split_at(told);
        for cause in told {
            let is_hazard = !cause.class.is_empty();
            let if_hazard = |text: String| {
                if is_hazard { text } else { NOTHING.to_owned() }
            };
            table.row([
                cause.name.clone(),
                cause.class.clone(),
                if_hazard(grouped(cause.events as f64, 0)),
                if_hazard(grouped(cause.active_hours / 24.0, 1)),
                self.barrels(cause.attributed_bbl as f64),
                share(cause.attributed_bbl),
            ]);
        }
        if !rest.is_empty() {
            let events = sum(rest.iter().map(|cause| cause.events));
            let laid = sum(rest.iter().map(|cause| cause.attributed_bbl));
            table.row([
                format!("{} more", rest.len()),
                String::new(),
                grouped(events as f64, 0),
                NOTHING.to_owned(),
                self.barrels(laid as f64),
                share(laid),
            ]);
        }
        writeln!(out)?;
        out.about("What cost it, by hazard");
        table.write(width, out)
    }

    fn regimes(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        if self.story.regimes.is_empty() {
            return Ok(());
        }
        let mut table = titled(&["from", "regime"], &[]);
        for regime in &self.story.regimes {
            table.row([self.from(regime.start_seconds), regime.regime.clone()]);
        }
        writeln!(out)?;
        out.about("Regimes");
        table.write(width, out)
    }

    /// The events that cost most, in order of time, and the others in sum.
    fn events(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        let all = events(self.story);
        if all.is_empty() {
            return Ok(());
        }
        let total = sum(all.iter().map(|event| event.attributed_bbl));
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|&at| (Reverse(all[at].attributed_bbl), at));
        let mut explained = 0_i64;
        let mut told: Vec<usize> = order
            .into_iter()
            .take(MOST_EVENTS)
            .take_while(|&at| {
                let is_told = (explained as f64) < EXPLAINED * total as f64;
                explained = explained.saturating_add(all[at].attributed_bbl);
                is_told && all[at].attributed_bbl > 0
            })
            .collect();
        told.sort_unstable();
        if !told.is_empty() {
            let laid = format!("laid to it, {}", self.volume.unit);
            let mut table = mixed(&[
                ("disrupted from", Align::Left),
                ("until", Align::Left),
                ("days", Align::Right),
                ("left", Align::Right),
                (laid.as_str(), Align::Right),
                ("what happened", Align::Left),
            ]);
            for &at in &told {
                let Event {
                    start,
                    end,
                    left,
                    attributed_bbl,
                    hazard,
                    targets,
                } = &all[at];
                table.row([
                    self.from(*start),
                    self.until(*end),
                    grouped(days(end.saturating_sub(*start)), 1),
                    format!("{} %", brief(100.0 * left, 3)),
                    self.barrels(*attributed_bbl as f64),
                    format!("{hazard}: {targets}"),
                ]);
            }
            writeln!(out)?;
            out.about("Events that cost most");
            table.write(width, out)?;
        }
        let rest: Vec<&Event> = (0..all.len())
            .filter(|at| !told.contains(at))
            .map(|at| &all[at])
            .collect();
        if rest.is_empty() {
            return Ok(());
        }
        let laid = sum(rest.iter().map(|event| event.attributed_bbl));
        let many = rest.len();
        let line = format!(
            "{many} {}{} cost {} in all: {}.",
            if told.is_empty() { "" } else { "more " },
            if many == 1 { "event" } else { "events" },
            self.in_unit(laid),
            folded(&rest)
        );
        paragraph(&line, width, out)
    }

    /// When tanks filled, were full, and were emptied again.
    fn tanks(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        let all = cycles(self.story);
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|&at| (Reverse(all[at].risen_bbl()), at));
        order.truncate(MOST_ROWS);
        order.sort_unstable();
        if order.is_empty() {
            return Ok(());
        }
        let risen = format!("by, {}", self.volume.unit);
        let mut table = mixed(&[
            ("tank", Align::Left),
            ("fills from", Align::Left),
            (risen.as_str(), Align::Right),
            ("at most", Align::Right),
            ("full after, h", Align::Right),
            ("full for, days", Align::Right),
            ("drawn until", Align::Left),
        ]);
        for &at in &order {
            let cycle: &Cycle = &all[at];
            let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
            table.row([
                short(&cycle.name).to_owned(),
                or_nothing(cycle.fills.map(|time| self.from(time))),
                self.barrels(cycle.risen_bbl() as f64),
                per_cent(cycle.most_bbl as f64 / cycle.capacity_bbl.max(1) as f64),
                or_nothing(cycle.hours_to_full().map(|hours| grouped(hours, 1))),
                or_nothing(cycle.days_full().map(|days| grouped(days, 1))),
                or_nothing(cycle.drawn.map(|time| self.until(time))),
            ]);
        }
        writeln!(out)?;
        out.about("Tanks");
        table.write(width, out)?;
        if order.len() < all.len() {
            let line = format!("{} smaller rises are left out.", all.len() - order.len());
            paragraph(&line, width, out)?;
        }
        Ok(())
    }

    fn shut_ins(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        let all = &self.story.shut_ins;
        let unit = self.volume.unit;
        let most = format!("most, {}", self.rate.unit);
        let mut table = titled(&["shut in", "from", "until"], &["days", unit, &most]);
        let left = largest(all.len(), |at| all[at].volume_bbl);
        for &at in &left.told {
            let time = &all[at];
            let mut fields = self.story.fields.iter();
            let name = fields
                .find(|field| field.id == time.field)
                .map_or(&time.field, |field| &field.name);
            table.row([
                short(name).to_owned(),
                self.from(time.start_seconds),
                self.until(time.end_seconds),
                grouped(days(time.end_seconds.saturating_sub(time.start_seconds)), 1),
                self.barrels(time.volume_bbl as f64),
                flow(time.most_bpd, self.rate),
            ]);
        }
        self.largest(("Times of shut-in", table), &left, width, out)
    }

    fn shortfalls(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        let all = &self.story.shortfalls;
        let unit = self.volume.unit;
        let words = ["below plan from", "until"];
        let mut table = titled(&words, &["days", unit, "deepest cut, %"]);
        let left = largest(all.len(), |at| all[at].undelivered_bbl);
        for &at in &left.told {
            let time = &all[at];
            table.row([
                self.from(time.start_seconds),
                self.until(time.end_seconds),
                grouped(days(time.end_seconds.saturating_sub(time.start_seconds)), 1),
                self.barrels(time.undelivered_bbl as f64),
                grouped(100.0 * time.deepest_cut, 1),
            ]);
        }
        self.largest(("Times below plan", table), &left, width, out)
    }

    /// A table of the largest, and how many others there are and how large they are together.
    fn largest(
        &self,
        (about, table): (&str, Table),
        largest: &Largest,
        width: u16,
        out: &mut dyn Tell,
    ) -> io::Result<()> {
        if largest.told.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        out.about(about);
        table.write(width, out)?;
        if largest.others == 0 {
            return Ok(());
        }
        let rest = self.in_unit(largest.rest_bbl);
        let line = match largest.others {
            1 => format!("Left out: 1 smaller one, {rest}."),
            others => format!("Left out: {others} smaller ones, {rest} together."),
        };
        paragraph(&line, width, out)
    }

    fn bottlenecks(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        let mut times: Vec<(i64, &str, &str)> = Vec::new();
        for bottleneck in &self.story.bottlenecks {
            let from = bottleneck.start_seconds;
            let time = bottleneck.end_seconds.saturating_sub(from);
            let id = bottleneck.element.as_str();
            match times.iter_mut().find(|(_, known, _)| *known == id) {
                Some((sum, ..)) => *sum = sum.saturating_add(time),
                None => times.push((time, id, &bottleneck.name)),
            }
        }
        if times.is_empty() {
            return Ok(());
        }
        times.sort_by_key(|&(time, id, _)| (Reverse(time), id));
        let mut table = titled(&["bound", ""], &["days", "% of the time"]);
        for &(time, id, name) in times.iter().take(MOST_ROWS) {
            table.row([
                name.to_owned(),
                id.to_owned(),
                grouped(days(time), 1),
                grouped(100.0 * time as f64 / self.horizon.max(1) as f64, 1),
            ]);
        }
        writeln!(out)?;
        out.about("What was the bottleneck");
        table.write(width, out)
    }
}

/// The largest of many, in their own order, and what the others add up to.
struct Largest {
    told: Vec<usize>,
    others: usize,
    rest_bbl: i64,
}

fn largest(count: usize, volume: impl Fn(usize) -> i64) -> Largest {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&at| (Reverse(volume(at)), at));
    let rest = order.split_off(MOST_ROWS.min(count));
    order.sort_unstable();
    Largest {
        told: order,
        others: rest.len(),
        rest_bbl: sum(rest.into_iter().map(volume)),
    }
}

/// A sum that ends at what can be held: a file may say anything.
pub(super) fn sum(values: impl Iterator<Item = i64>) -> i64 {
    values.fold(0, i64::saturating_add)
}

/// A table whose first columns are words and whose last are numbers.
fn titled(words: &[&str], numbers: &[&str]) -> Table {
    Table::new(columns(words, numbers))
}

/// A table with columns of either kind in any order.
pub(super) fn mixed(columns: &[(&str, Align)]) -> Table {
    let columns = columns.iter();
    Table::new(
        columns
            .map(|&(title, align)| (title.to_owned(), align))
            .collect(),
    )
}

/// A name without what is in brackets after it.
pub(super) fn short(name: &str) -> &str {
    name.split_once(" (").map_or(name, |(short, _)| short)
}
