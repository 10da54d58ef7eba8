//! Rates by time, as step series over the horizon.

use crate::model::Series;
use crate::scenario::problem::shown;
use crate::scenario::quantity::{Dimension, parse};
use crate::scenario::read::{Grade, Reader, strings};
use crate::scenario::text::Place;
use crate::scenario::time::months;
use crate::scenario::tree::{Node, Table};
use crate::units::{BarrelsPerDay, Seconds};

impl Reader<'_> {
    /// A rate, or a profile of rates.
    pub(in crate::scenario) fn series(
        &self,
        node: &Node,
        grade: Grade,
    ) -> Option<Series<BarrelsPerDay>> {
        let Some(table) = node.table() else {
            return self.rate(node, grade).map(Series::constant);
        };
        if let Some(monthly) = table.get("monthly") {
            self.monthly(monthly, grade)
        } else if let Some(steps) = table.get("steps") {
            self.steps(steps, grade)
        } else if table.get("file").is_some() {
            self.column(table, grade)
        } else {
            self.rate(node, grade).map(Series::constant)
        }
    }

    fn monthly(&self, node: &Node, grade: Grade) -> Option<Series<BarrelsPerDay>> {
        let rates: Vec<Option<BarrelsPerDay>> = node
            .array()?
            .iter()
            .map(|node| self.rate(node, grade))
            .collect();
        let rates: Vec<BarrelsPerDay> = rates.into_iter().collect::<Option<_>>()?;
        let steps: Option<Vec<_>> = months(self.start, self.horizon)
            .into_iter()
            .map(|(at, month)| Some((at, *rates.get(month)?)))
            .collect();
        Series::from_steps(steps?)
    }

    fn steps(&self, node: &Node, grade: Grade) -> Option<Series<BarrelsPerDay>> {
        let nodes = node.array()?;
        let read: Vec<Option<(Seconds, BarrelsPerDay, Place)>> = nodes
            .iter()
            .map(|node| {
                let table = node.table()?;
                let from = table.get("from")?;
                let at = self.moment(from);
                let rate = table.get("value").and_then(|node| self.rate(node, grade));
                Some((at?, rate?, from.at))
            })
            .collect();
        let read: Vec<(Seconds, BarrelsPerDay, Place)> = read.into_iter().collect::<Option<_>>()?;
        let Some(first) = read.first() else {
            self.report
                .error(
                    "scenario::empty",
                    node.at,
                    "no steps",
                    "a profile needs at least one step",
                )
                .help("give the rate at the scenario's start: { from = …, value = … }")
                .file();
            return None;
        };
        if first.0 > Seconds::ZERO {
            if !self.is_calendar_known {
                return None;
            }
            self.report
                .error(
                    "scenario::late_first_step",
                    first.2,
                    "later than the scenario's start",
                    "the profile does not say what holds at the start",
                )
                .help(format!("begin with a step from {} or before", self.start))
                .file();
            return None;
        }
        for pair in read.windows(2) {
            if pair[1].0 <= pair[0].0 {
                self.report
                    .error(
                        "scenario::steps_out_of_order",
                        pair[1].2,
                        "not later than the step before",
                        "the steps are not in order of time",
                    )
                    .also(pair[0].2, "the step before")
                    .help("sort the steps by `from`, each instant once")
                    .file();
                return None;
            }
        }
        let begun = read
            .iter()
            .take_while(|step| step.0 <= Seconds::ZERO)
            .last()?
            .1;
        let later = read
            .iter()
            .filter(|step| step.0 > Seconds::ZERO && step.0 < self.horizon);
        let later = later.map(|&(at, rate, _)| (at, rate));
        Series::from_steps(std::iter::once((Seconds::ZERO, begun)).chain(later))
    }

    fn column(&self, table: &Table, grade: Grade) -> Option<Series<BarrelsPerDay>> {
        let file = table.get("file")?;
        let (name, at) = strings(file).into_iter().next()?;
        let every_node = table.get("every")?;
        let every = self.days(every_node).map(Seconds::from_days);
        let unit = table.get("unit")?;
        let csv = self.files.table(self.report, name, at)?;
        let heading = table.get("column")?;
        let column = csv.column(self.report, heading.text()?, heading.at)?;
        let every = every?;
        if every < Seconds(1) {
            self.report
                .error(
                    "scenario::zero",
                    every_node.at,
                    "too short",
                    "the rows are less than a second apart",
                )
                .help("give the time from one row to the next, at least 1 s")
                .file();
            return None;
        }
        // At most as many rows as there are: a horizon has fewer than 2^33 seconds.
        let needed =
            usize::try_from((self.horizon.0 + every.0 - 1) / every.0).unwrap_or(usize::MAX);
        if csv.rows.len() < needed {
            if !self.is_calendar_known {
                return None;
            }
            self.report
                .error(
                    "scenario::file_too_short",
                    at,
                    "too few rows",
                    format!(
                        "`{}` has {} rows, but the horizon needs {needed}",
                        shown(name),
                        csv.rows.len()
                    ),
                )
                .help("add rows, lengthen `every`, or shorten the horizon")
                .file();
            return None;
        }
        let mut steps = Vec::with_capacity(needed);
        let mut time = Seconds::ZERO;
        for (line, cells) in csv.rows.iter().take(needed) {
            let cell = cells.get(column).map_or("", String::as_str);
            steps.push((time, self.cell(cell, unit, grade, at, name, *line)?));
            time += every;
        }
        Series::from_steps(steps)
    }

    fn cell(
        &self,
        cell: &str,
        unit: &Node,
        grade: Grade,
        at: Place,
        name: &str,
        line: usize,
    ) -> Option<BarrelsPerDay> {
        let unit_name = unit.text()?;
        let bad = |message: String| {
            self.report
                .error("scenario::bad_cell", at, "in this file", message)
                .help("the column holds plain numbers, 0 or above, in the unit that `unit` names")
                .file();
        };
        // Checked first, so that a unit inside a cell cannot pass as part of the number.
        let is_number = cell
            .parse::<f64>()
            .is_ok_and(|number| number.is_finite() && number >= 0.0);
        let read = is_number.then(|| parse(&format!("{cell} {unit_name}"), Dimension::Flow));
        let Some(Ok(measured)) = read else {
            bad(format!(
                "`{}`, line {line}: `{}` is no rate",
                shown(name),
                shown(cell)
            ));
            return None;
        };
        let scale = if measured.tonnes { grade } else { Some(1.0) };
        let Some(scale) = scale else {
            self.report
                .error(
                    "scenario::no_grade",
                    unit.at,
                    "tonnes of what?",
                    "tonnes need a grade",
                )
                .help("set `grade` here or in `[scenario]`, to a `[grade.ID]` with `bbl_per_tonne`")
                .file();
            return None;
        };
        let rate = self.whole_rate(measured.value * scale, at);
        if rate.is_none() {
            bad(format!(
                "`{}`, line {line}: `{}` is too large",
                shown(name),
                shown(cell)
            ));
        }
        rate
    }
}
