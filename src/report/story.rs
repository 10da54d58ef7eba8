//! The story of one replication as text.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::charts::story_title;
use crate::results::{Story, StoryPick};

use super::number::{NOTHING, Scale, brief, counted, grouped, instants, per_cent, to_the_minute};
use super::run::paragraph;
use super::story_events::{Event, events, folded};
use super::story_phases::{Phase, phases};
use super::story_tanks::{Cycle, cycles};
use super::stress::{days, flow, lasting};
use super::table::{Align, Table};

/// The most phases, events, causes and other rows that are told each.
const MOST_PHASES: usize = 20;
const MOST_EVENTS: usize = 16;
const MOST_ROWS: usize = 8;

/// Events are told until they explain this share of the loss.
const EXPLAINED: f64 = 0.995;

/// A hazard with a smaller share of the loss is told in sum.
const LEAST_SHARE: f64 = 0.002;

/// Rates that differ by less than this share of the largest are as good as the same.
const SAME: f64 = 0.005;

/// Writes what happened in one replication and why, for a person to read, in at most `width`
/// columns. What cost little is told in sum.
///
/// # Errors
/// Those of `out`.
pub fn story_text(story: &Story, width: u16, out: &mut dyn Write) -> io::Result<()> {
    let teller = Teller::new(story);
    paragraph(&pick(story), width, out)?;
    let title = story_title(story).replace('\u{a0}', " ");
    paragraph(&format!("{title}."), width, out)?;
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

struct Teller<'s> {
    story: &'s Story,
    instant: Box<dyn Fn(i64) -> String>,
    volume: Scale,
    rate: Scale,
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

    fn barrels(&self, bbl: f64) -> String {
        grouped(
            self.volume.of(bbl),
            if self.volume.factor > 1.0 { 2 } else { 0 },
        )
    }

    fn in_unit(&self, bbl: i64) -> String {
        format!("{} {}", self.barrels(bbl as f64), self.volume.unit)
    }

    fn from(&self, seconds: i64) -> String {
        to_the_minute(&self.instant, seconds)
    }

    fn until(&self, seconds: i64) -> String {
        if seconds >= self.horizon {
            "the end".to_owned()
        } else {
            self.from(seconds)
        }
    }

    /// A table whose first columns are words and whose last are numbers, after a blank line.
    fn table(&self, words: &[&str], numbers: &[&str]) -> Table {
        let _ = self;
        let words = words.iter().map(|&title| (title.to_owned(), Align::Left));
        let numbers = numbers
            .iter()
            .map(|&title| (title.to_owned(), Align::Right));
        Table::new(words.chain(numbers).collect())
    }

    fn totals(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
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
        table.write(width, out)
    }

    fn causes(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
        let story = self.story;
        if story.causes.is_empty() {
            return Ok(());
        }
        let laid = format!("laid to it, {}", self.volume.unit);
        let mut table = self.table(
            &["hazard", "class"],
            &["events", "active, days", &laid, "%"],
        );
        let all = story.lost_production_bbl;
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
            let events: i64 = rest.iter().map(|cause| cause.events).sum();
            let laid = rest.iter().map(|cause| cause.attributed_bbl).sum();
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
        table.write(width, out)
    }

    fn regimes(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
        if self.story.regimes.is_empty() {
            return Ok(());
        }
        let mut table = self.table(&["from", "regime"], &[]);
        for regime in &self.story.regimes {
            table.row([self.from(regime.start_seconds), regime.regime.clone()]);
        }
        writeln!(out)?;
        table.write(width, out)
    }

    /// The events that cost most, in order of time, and the others in sum.
    fn events(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
        let all = events(self.story);
        if all.is_empty() {
            return Ok(());
        }
        let total: i64 = all.iter().map(|event| event.attributed_bbl).sum();
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|&at| (Reverse(all[at].attributed_bbl), at));
        let mut explained = 0;
        let mut told: Vec<usize> = order
            .into_iter()
            .take(MOST_EVENTS)
            .take_while(|&at| {
                let is_told = (explained as f64) < EXPLAINED * total as f64;
                explained += all[at].attributed_bbl;
                is_told && all[at].attributed_bbl > 0
            })
            .collect();
        told.sort_unstable();
        if !told.is_empty() {
            let laid = format!("laid to it, {}", self.volume.unit);
            let mut table = Table::new(
                [
                    ("disrupted from", Align::Left),
                    ("until", Align::Left),
                    ("days", Align::Right),
                    ("left", Align::Right),
                    (laid.as_str(), Align::Right),
                    ("what happened", Align::Left),
                ]
                .map(|(title, align)| (title.to_owned(), align))
                .into(),
            );
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
                    per_cent(*left),
                    self.barrels(*attributed_bbl as f64),
                    format!("{hazard}: {targets}"),
                ]);
            }
            writeln!(out)?;
            table.write(width, out)?;
        }
        let rest: Vec<&Event> = (0..all.len())
            .filter(|at| !told.contains(at))
            .map(|at| &all[at])
            .collect();
        if rest.is_empty() {
            return Ok(());
        }
        let laid: i64 = rest.iter().map(|event| event.attributed_bbl).sum();
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

    /// The course in phases: how much is delivered, what limits it, what began and ended.
    fn course(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
        let story = self.story;
        let most = story.epochs.iter().map(|epoch| epoch.planned_bpd).max();
        let told = phases(
            &story.epochs,
            MOST_PHASES,
            SAME * most.unwrap_or(0).max(1) as f64,
        );
        if told.len() < 2 {
            return Ok(());
        }
        let missing = format!("missing, {}", self.volume.unit);
        let usual = |phase: &Phase| flow(phase.undisturbed_bpd().round() as i64, self.rate);
        let is_even = told.iter().all(|phase| usual(phase) == usual(&told[0]));
        let mut columns = vec![
            ("delivered from", Align::Left),
            ("days", Align::Right),
            (self.rate.unit, Align::Right),
        ];
        if !is_even {
            columns.push(("undisturbed", Align::Right));
        }
        columns.extend([
            (missing.as_str(), Align::Right),
            ("what changed", Align::Left),
            ("what bound", Align::Left),
        ]);
        let columns = columns.into_iter();
        let columns = columns.map(|(title, align)| (title.to_owned(), align));
        let mut table = Table::new(columns.collect());
        let all = events(story);
        for phase in &told {
            let mut row = vec![
                self.from(phase.start),
                grouped(phase.seconds() / 86_400.0, 1),
                flow(phase.delivered_bpd().round() as i64, self.rate),
            ];
            row.extend((!is_even).then(|| usual(phase)));
            row.extend([
                self.barrels(phase.missing_bbl()),
                changes(story, &all, phase),
                bound(story, phase).unwrap_or_else(|| NOTHING.to_owned()),
            ]);
            table.row(row);
        }
        writeln!(out)?;
        table.write(width, out)?;
        let against = if is_even {
            format!("{} {} undisturbed", usual(&told[0]), self.rate.unit)
        } else {
            "the undisturbed future".to_owned()
        };
        let mut note = format!(
            "Missing is against {against}; below 0 tanks give back. What bound: where one more \
             barrel a day would have been delivered for most of the time."
        );
        if told.len() < story.epochs.len() {
            note = format!(
                "{note} {} times of constant flows are told in {} rows, flows as means; \
                 story.json has all.",
                counted(story.epochs.len() as u64),
                told.len(),
            );
        }
        paragraph(&note, width, out)
    }

    /// When tanks filled, were full, and were emptied again.
    fn tanks(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
        let all = cycles(self.story);
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|&at| (Reverse(all[at].risen_bbl()), at));
        order.truncate(MOST_ROWS);
        order.sort_unstable();
        if order.is_empty() {
            return Ok(());
        }
        let risen = format!("by, {}", self.volume.unit);
        let mut table = Table::new(
            [
                ("tank", Align::Left),
                ("fills from", Align::Left),
                (risen.as_str(), Align::Right),
                ("at most", Align::Right),
                ("full after, h", Align::Right),
                ("full for, days", Align::Right),
                ("drawn until", Align::Left),
            ]
            .map(|(title, align)| (title.to_owned(), align))
            .into(),
        );
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
        table.write(width, out)?;
        if order.len() < all.len() {
            let line = format!("{} smaller rises are left out.", all.len() - order.len());
            paragraph(&line, width, out)?;
        }
        Ok(())
    }

    fn shut_ins(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
        let all = &self.story.shut_ins;
        let unit = self.volume.unit;
        let most = format!("most, {}", self.rate.unit);
        let mut table = self.table(&["shut in", "from", "until"], &["days", unit, &most]);
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
                grouped(days(time.end_seconds - time.start_seconds), 1),
                self.barrels(time.volume_bbl as f64),
                flow(time.most_bpd, self.rate),
            ]);
        }
        self.largest(table, &left, width, out)
    }

    fn shortfalls(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
        let all = &self.story.shortfalls;
        let unit = self.volume.unit;
        let words = ["below plan from", "until"];
        let mut table = self.table(&words, &["days", unit, "deepest cut, %"]);
        let left = largest(all.len(), |at| all[at].undelivered_bbl);
        for &at in &left.told {
            let time = &all[at];
            table.row([
                self.from(time.start_seconds),
                self.until(time.end_seconds),
                grouped(days(time.end_seconds - time.start_seconds), 1),
                self.barrels(time.undelivered_bbl as f64),
                grouped(100.0 * time.deepest_cut, 1),
            ]);
        }
        self.largest(table, &left, width, out)
    }

    /// A table of the largest, and how many others there are and how large they are together.
    fn largest(
        &self,
        table: Table,
        largest: &Largest,
        width: u16,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if largest.told.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
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

    fn bottlenecks(&self, width: u16, out: &mut dyn Write) -> io::Result<()> {
        let mut times: Vec<(i64, &str, &str)> = Vec::new();
        for bottleneck in &self.story.bottlenecks {
            let time = bottleneck.end_seconds - bottleneck.start_seconds;
            let id = bottleneck.element.as_str();
            match times.iter_mut().find(|(_, known, _)| *known == id) {
                Some((sum, ..)) => *sum += time,
                None => times.push((time, id, &bottleneck.name)),
            }
        }
        if times.is_empty() {
            return Ok(());
        }
        times.sort_by_key(|&(time, id, _)| (Reverse(time), id));
        let mut table = self.table(&["bound", ""], &["days", "% of the time"]);
        for &(time, id, name) in times.iter().take(MOST_ROWS) {
            table.row([
                name.to_owned(),
                id.to_owned(),
                grouped(days(time), 1),
                grouped(100.0 * time as f64 / self.horizon.max(1) as f64, 1),
            ]);
        }
        writeln!(out)?;
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
        rest_bbl: rest.into_iter().map(volume).sum(),
    }
}

/// What began and ended when a phase began.
fn changes(story: &Story, events: &[Event], phase: &Phase) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut say = |text: String| {
        if !said.contains(&text) {
            said.push(text);
        }
    };
    for event in events.iter().filter(|event| event.start == phase.start) {
        say(format!("begins: {}", event.hazard));
    }
    for event in events.iter().filter(|event| event.end == phase.start) {
        say(format!("ends: {}", event.hazard));
    }
    for regime in &story.regimes {
        if regime.start_seconds == phase.start && phase.start > 0 {
            say(format!("regime: {}", regime.regime));
        }
    }
    if said.is_empty() {
        let mut epochs = story.epochs.iter();
        let first = epochs.find(|epoch| epoch.start_seconds >= phase.start);
        return first.map_or_else(String::new, |epoch| short(&epoch.cause).to_owned());
    }
    said.join("; ")
}

/// What bound for most of a phase: first what was hit, and of that what cost most.
fn bound(story: &Story, phase: &Phase) -> Option<String> {
    /// An element that bound, for how long, whether it was hit then, and what is laid to that.
    struct Bound<'a> {
        id: &'a str,
        name: &'a str,
        time: i64,
        is_hit: bool,
        laid_bbl: i64,
    }
    let within = |from: i64, to: i64| to.min(phase.end).saturating_sub(from.max(phase.start));
    let mut found: Vec<Bound<'_>> = Vec::new();
    for bottleneck in &story.bottlenecks {
        let time = within(bottleneck.start_seconds, bottleneck.end_seconds);
        if time <= 0 {
            continue;
        }
        let id = bottleneck.element.as_str();
        match found.iter_mut().find(|known| known.id == id) {
            Some(known) => known.time += time,
            None => found.push(Bound {
                id,
                name: &bottleneck.name,
                time,
                is_hit: false,
                laid_bbl: 0,
            }),
        }
    }
    found.retain(|known| 2.0 * known.time as f64 >= phase.seconds());
    for disruption in &story.disruptions {
        if within(disruption.start_seconds, disruption.end_seconds) <= 0 {
            continue;
        }
        let hit = disruption.target.split('#').next().unwrap_or_default();
        for known in found.iter_mut().filter(|known| known.id == hit) {
            known.is_hit = true;
            known.laid_bbl += disruption.attributed_bbl;
        }
    }
    found.sort_by_key(|known| {
        let is_market = known.id.starts_with("market.");
        (
            Reverse((known.is_hit, known.laid_bbl)),
            is_market,
            Reverse(known.time),
            known.id,
        )
    });
    let more = found.len().saturating_sub(1);
    let name = short(found.first()?.name);
    Some(match more {
        0 => name.to_owned(),
        more => format!("{name} and {more} more"),
    })
}

/// A name without what is in brackets after it.
fn short(name: &str) -> &str {
    name.split_once(" (").map_or(name, |(short, _)| short)
}
