//! Figures with their doubt, as they are written: a value with its ends, or counted events.

use super::doubt::{Doubts, HALF, Law, Written};
use super::read::Reader;
use super::text::Place;
use super::tree::{Node, Table, Value};

/// What a figure is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A share, which may be counted in trials.
    Share,
    /// A rate of events, which may be counted in a time.
    Rate,
    /// Anything else.
    Other,
}

impl Reader<'_> {
    /// Whether figures in doubt are drawn.
    pub(super) fn is_draw(&self) -> bool {
        self.doubts.is_some_and(Doubts::is_draw)
    }

    /// The value of a node that may carry its doubt, each part read by `read`, in order; in a draw
    /// what is drawn.
    pub(super) fn doubted(
        &self,
        node: &Node,
        of: Of,
        read: impl Fn(&Node) -> Option<f64>,
    ) -> Option<f64> {
        let Value::Table(table) = &node.value else {
            return read(node);
        };
        let law = match (table.get("events"), of) {
            (Some(events), Of::Rate) => self.counted_rate(table, events)?,
            (Some(events), Of::Share) => self.counted_share(table, events)?,
            _ => self.range(table, of, read)?,
        };
        let is_range = matches!(law, Law::Range { .. });
        let written = || {
            if is_range {
                let part = |key: &str| table.get(key).or_else(|| table.get("value"));
                let part = |key: &str| part(key).map(Node::written).unwrap_or_default();
                Written {
                    value: part("value"),
                    low: part("low"),
                    high: part("high"),
                }
            } else {
                posterior(law)
            }
        };
        let resolve = |doubts: &Doubts<'_>| doubts.resolve(table, law, written);
        Some(self.doubts.map_or_else(|| law.value(), resolve))
    }

    /// A value with its ends.
    fn range(&self, table: &Table, of: Of, read: impl Fn(&Node) -> Option<f64>) -> Option<Law> {
        let value_node = table.get("value")?;
        let value = read(value_node);
        let end = |key: &str| table.get(key).map(|node| (node.at, read(node)));
        let (low, high) = (end("low"), end("high"));
        let value = value?;
        if let Some((at, Some(low))) = low
            && low > value
        {
            self.out_of_order(at, value_node.at, "low", "above");
        }
        if let Some((at, Some(high))) = high
            && high < value
        {
            self.out_of_order(at, value_node.at, "high", "below");
        }
        let known = |end: Option<(Place, Option<f64>)>| end.and_then(|end| end.1).unwrap_or(value);
        Some(Law::Range {
            low: known(low).min(value),
            value,
            high: known(high).max(value),
            is_share: of == Of::Share,
        })
    }

    fn out_of_order(&self, at: Place, value: Place, end: &str, where_: &str) {
        self.report
            .error(
                "scenario::doubt_out_of_order",
                at,
                format!("{where_} the value"),
                format!("`{end}` is {where_} `value`"),
            )
            .also(value, "the value")
            .help("the value lies between `low` and `high`")
            .file();
    }

    /// Events counted in a time.
    fn counted_rate(&self, table: &Table, events: &Node) -> Option<Law> {
        let days = |table: &Table| table.get("exposure").and_then(|node| self.days(node));
        let counted = self.count_of(events);
        let exposure = days(table);
        let prior = match table.table("prior") {
            None => Some((HALF, 0.0)),
            Some(prior) => {
                let events = prior.get("events").and_then(|node| self.count_of(node));
                events.zip(days(prior))
            }
        };
        let (counted, exposure, prior) = (counted?, exposure?, prior?);
        if exposure <= 0.0 {
            self.bad_count(
                table.get("exposure")?.at,
                "takes no time",
                "events cannot be counted in no time",
                "give the time in which they were counted, such as \"3.75 yr\"",
            );
            return None;
        }
        if counted + prior.0 <= 0.0 {
            self.no_prior(events.at, "rate");
            return None;
        }
        Some(Law::Rate {
            events: counted + prior.0,
            exposure: exposure + prior.1,
        })
    }

    /// Events counted in a number of trials.
    fn counted_share(&self, table: &Table, events: &Node) -> Option<Law> {
        let pair = |events: Option<&Node>, trials: Option<&Node>| {
            let events = events.and_then(|node| self.count_of(node));
            let number = trials.and_then(|node| self.count_of(node));
            let (events, number) = (events?, number?);
            if events <= number {
                return Some((events, number - events));
            }
            self.bad_count(
                trials?.at,
                "fewer trials than events",
                "there are more events than trials",
                "each trial has an event or none",
            );
            None
        };
        let counted = pair(Some(events), table.get("trials"));
        let prior = match table.table("prior") {
            None => Some((HALF, HALF)),
            Some(prior) => pair(prior.get("events"), prior.get("trials")),
        };
        let (counted, prior) = (counted?, prior?);
        if counted.0 + counted.1 <= 0.0 {
            self.bad_count(
                table.get("trials")?.at,
                "none",
                "without trials nothing is counted",
                "give the number of trials, or a value with `low` and `high`",
            );
            return None;
        }
        let law = (counted.0 + prior.0, counted.1 + prior.1);
        if law.0 <= 0.0 || law.1 <= 0.0 {
            self.no_prior(events.at, "share");
            return None;
        }
        Some(Law::Share {
            events: law.0,
            others: law.1,
        })
    }

    /// A number of events, which may be a fraction: near misses count in part.
    fn count_of(&self, node: &Node) -> Option<f64> {
        let number = node.number()?;
        if number < 0.0 {
            self.negative(node.at);
            return None;
        }
        if number > 1e9 || number.is_nan() {
            self.bad_count(
                node.at,
                "not a number of events",
                "more than a billion events or trials",
                "give how many were counted",
            );
            return None;
        }
        Some(number)
    }

    fn no_prior(&self, at: Place, what: &str) {
        self.bad_count(
            at,
            "certain for ever",
            &format!("without a prior these counts would make the {what} certain for ever"),
            "leave `prior` out, which adds half an event; or give `prior` more than 0 events",
        );
    }

    fn bad_count(&self, at: Place, label: &str, message: &str, help: &str) {
        self.report
            .error("scenario::bad_count", at, label, message)
            .help(help)
            .file();
    }
}

/// A posterior for people: its mean and the points that a twentieth lies below and above.
fn posterior(law: Law) -> Written {
    let told = |value: f64| match law {
        // Counted per day within, said per year.
        Law::Rate { .. } => format!("{} /yr", digits(value * crate::units::DAYS_PER_YEAR)),
        _ => digits(value),
    };
    Written {
        value: told(law.value()),
        low: told(law.at(0.05)),
        high: told(law.at(0.95)),
    }
}

/// Four significant digits.
fn digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let power = libm::log10(value.abs()).floor() as i32;
    if !(-4..15).contains(&power) {
        return format!("{value:.3e}");
    }
    let decimals = (3 - power).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posteriors_are_told_in_four_digits() {
        let told = posterior(Law::Rate {
            events: 4.5,
            exposure: 3.75 * crate::units::DAYS_PER_YEAR,
        });
        assert_eq!(
            [told.value, told.low, told.high],
            ["1.2 /yr", "0.4433 /yr", "2.256 /yr"]
        );
        assert_eq!(digits(123_456.0), "123456");
        assert_eq!(digits(1.2e-7), "1.200e-7");
    }
}
