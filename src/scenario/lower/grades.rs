//! Which grades may be where, and what they are paid.

use crate::model::Grade;
use crate::scenario::read::{Reader, owned_text, strings, text};
use crate::scenario::tree::Table;
use crate::units::MilliUsdPerBarrel;

use super::settings::Grades;

/// The kinds of crude of a scenario, in order of id.
pub(super) fn list(tree: &Table) -> Vec<Grade> {
    tree.elements("grade")
        .map(|grade| Grade {
            id: grade.id.to_owned(),
            name: owned_text(grade.table, "name").unwrap_or_else(|| grade.id.to_owned()),
            swap: owned_text(grade.table, "swap"),
        })
        .collect()
}

impl Grades {
    /// What a field produces: its grade, else the scenario's, or the swap that it belongs to.
    pub(super) fn commodity(&self, table: &Table) -> Option<String> {
        let id = text(table, "grade").or(self.default_id.as_deref())?;
        let grade = self.list.iter().find(|grade| grade.id == id)?;
        Some(grade.commodity().to_owned())
    }

    /// Commodities that `grades` of an element names, sorted; `None` if it does not restrict.
    pub(super) fn allowed(&self, reader: &Reader<'_>, table: &Table) -> Option<Vec<String>> {
        let node = table.get("grades")?;
        if node.array().is_some_and(<[_]>::is_empty) {
            reader
                .report
                .error("scenario::empty", node.at, "no grade", "closed to every grade")
                .help("name the grades that may be here; leave `grades` out to let all, or give a capacity of 0")
                .file();
        }
        let mut allowed: Vec<String> = strings(node)
            .into_iter()
            .filter_map(|(id, at)| Some(self.known(reader, id, at)?.commodity().to_owned()))
            .collect();
        allowed.sort_unstable();
        allowed.dedup();
        Some(allowed)
    }

    /// Prices by commodity that `prices` of a market states, sorted by commodity.
    pub(super) fn prices(
        &self,
        reader: &Reader<'_>,
        table: &Table,
    ) -> Vec<(String, MilliUsdPerBarrel)> {
        let mut prices: Vec<(String, MilliUsdPerBarrel)> = Vec::new();
        let Some(stated) = table.table("prices") else {
            return prices;
        };
        for (id, entry) in &stated.0 {
            let (grade, price) = (self.known(reader, id, entry.key), reader.price(&entry.node));
            let (Some(grade), Some(price)) = (grade, price) else {
                continue;
            };
            let commodity = grade.commodity();
            match prices.iter().find(|(known, _)| known == commodity) {
                None => prices.push((commodity.to_owned(), price)),
                Some((_, known)) if *known == price => {}
                Some(_) => reader
                    .report
                    .error(
                        "scenario::two_prices_of_a_swap",
                        entry.key,
                        "another price",
                        format!("grades of the swap `{commodity}` are not paid the same"),
                    )
                    .help("grades are swapped at equal value: give them one price, or take one of them out of the swap")
                    .file(),
            }
        }
        self.check_swaps(reader, table, stated, &prices);
        prices.sort();
        prices
    }

    /// Reports grades of a swap that are left at the market's price while another of it has its own.
    fn check_swaps(
        &self,
        reader: &Reader<'_>,
        table: &Table,
        stated: &Table,
        prices: &[(String, MilliUsdPerBarrel)],
    ) {
        let usual = table
            .get("price")
            .and_then(|node| reader.price(node))
            .unwrap_or_default();
        for (commodity, price) in prices.iter().filter(|(_, price)| *price != usual) {
            let of_swap = |grade: &&Grade| grade.swap.as_ref() == Some(commodity);
            let is_stated = |grade: &&Grade| stated.0.contains_key(&grade.id);
            let own = self.list.iter().filter(of_swap).find(is_stated);
            let left_out = self
                .list
                .iter()
                .filter(of_swap)
                .find(|grade| !is_stated(grade));
            let entry = own.and_then(|grade| stated.0.get(&grade.id));
            if let (Some(entry), Some(other)) = (entry, left_out) {
                reader
                    .report
                    .error(
                        "scenario::two_prices_of_a_swap",
                        entry.key,
                        "another price than the rest of the swap",
                        format!("grades of the swap `{commodity}` are not paid the same: `{}` is paid the market's `price`", other.id),
                    )
                    .help(format!("grades are swapped at equal value: pay `{}` {} USD/bbl too, or take it out of the swap", other.id, price.0 as f64 / 1_000.0))
                    .file();
            }
        }
    }

    fn known(
        &self,
        reader: &Reader<'_>,
        id: &str,
        at: crate::scenario::text::Place,
    ) -> Option<&Grade> {
        let found = self.list.iter().find(|grade| grade.id == id);
        if found.is_none() {
            let known = self.list.iter().map(|grade| grade.id.as_str());
            reader.unknown_id("scenario::unknown_grade", at, id, "grade", known);
        }
        found
    }
}
