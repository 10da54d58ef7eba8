//! Nodes of a network, one by one, until what is left is the least cut.

use std::collections::BTreeMap;

use super::expressions::{Expressions, Value};
use super::order::Order;
use super::{Capacity, CutArc, MOST_EXPRESSIONS, MOST_FIXED};

/// What is to be paid for each way of putting some nodes on the source's side or the sink's.
struct Table {
    /// Nodes, in order.
    scope: Vec<usize>,
    /// By set of nodes on the source's side: bit `i` is for `scope[i]`.
    values: Vec<Value>,
}

/// The least cut, and the most nodes that were left undecided by a table.
pub(super) struct Cut {
    pub(super) value: Value,
    pub(super) width: usize,
}

/// The least cut of a network; `None` if a table or the program would become too large.
pub(super) fn least_cut(
    nodes: usize,
    arcs: &[CutArc],
    expressions: &mut Expressions,
) -> Option<Cut> {
    let useful = useful(nodes, arcs);
    let order = Order::new(nodes, &useful)?;
    let (mut value, first) = first_tables(&useful, expressions);
    let mut tables = Tables::new(nodes);
    for table in first {
        tables.add(table);
    }
    for node in order.nodes {
        let mut own = tables.take(node);
        while own.len() > 1 {
            let (one, other) = closest(&own);
            let second = own.swap_remove(other);
            let first = own.swap_remove(one);
            own.push(joined(&first, &second, expressions));
            if expressions.len() > MOST_EXPRESSIONS {
                return None;
            }
        }
        let Some(table) = own.pop() else { continue };
        let table = without(&table, node, expressions);
        if expressions.len() > MOST_EXPRESSIONS {
            return None;
        }
        if table.scope.is_empty() {
            value = expressions.sum(value, table.values[0]);
        } else {
            tables.add(table);
        }
    }
    Some(Cut {
        value,
        width: order.width,
    })
}

/// The tables there are, and which of them speak of a node.
struct Tables {
    all: Vec<Option<Table>>,
    of: Vec<Vec<usize>>,
}

impl Tables {
    fn new(nodes: usize) -> Self {
        Self {
            all: Vec::new(),
            of: vec![Vec::new(); nodes],
        }
    }

    fn add(&mut self, table: Table) {
        for &node in &table.scope {
            self.of[node].push(self.all.len());
        }
        self.all.push(Some(table));
    }

    /// Takes out those that speak of a node, in the order in which they came.
    fn take(&mut self, node: usize) -> Vec<Table> {
        let of = std::mem::take(&mut self.of[node]);
        of.into_iter()
            .filter_map(|table| self.all[table].take())
            .collect()
    }
}

/// The arcs that lie on a way from the source to the sink.
fn useful(nodes: usize, arcs: &[CutArc]) -> Vec<&CutArc> {
    let open =
        |arc: &&CutArc| arc.tail != arc.head && !matches!(arc.capacity, Capacity::Fixed(..=0));
    let open: Vec<&CutArc> = arcs
        .iter()
        .filter(|arc| arc.tail.is_none() && arc.head.is_none() || open(arc))
        .collect();
    let forward = open.iter().map(|arc| (arc.tail, arc.head)).collect();
    let backward = open.iter().map(|arc| (arc.head, arc.tail)).collect();
    let (fed, drained) = (reached(nodes, forward), reached(nodes, backward));
    open.into_iter()
        .filter(|arc| arc.tail.is_none_or(|node| fed[node]))
        .filter(|arc| arc.head.is_none_or(|node| drained[node]))
        .collect()
}

/// Nodes that can be reached from outside.
fn reached(nodes: usize, ends: Vec<(Option<usize>, Option<usize>)>) -> Vec<bool> {
    let mut next = vec![Vec::new(); nodes];
    let mut stack = Vec::new();
    for (tail, head) in ends {
        match (tail, head) {
            (Some(tail), Some(head)) => next[tail].push(head),
            (None, Some(head)) => stack.push(head),
            _ => {}
        }
    }
    let mut seen = vec![false; nodes];
    while let Some(node) = stack.pop() {
        if !seen[node] {
            seen[node] = true;
            stack.extend(&next[node]);
        }
    }
    seen
}

/// What goes straight through, and a table for each node and each pair of nodes with an arc.
fn first_tables(arcs: &[&CutArc], expressions: &mut Expressions) -> (Value, Vec<Table>) {
    let mut through = Value::ZERO;
    let mut tables: BTreeMap<Vec<usize>, Table> = BTreeMap::new();
    for arc in arcs {
        let capacity = match arc.capacity {
            Capacity::Row(row) => expressions.row(row),
            Capacity::Fixed(most) if most > MOST_FIXED => Value::Unlimited,
            Capacity::Fixed(most) => Value::Finite(None, most.max(0)),
        };
        // An arc is paid for where its tail is on the source's side and its head on the sink's.
        let (scope, set) = match (arc.tail, arc.head) {
            (None, None) => (vec![], 0),
            (Some(node), None) => (vec![node], 1),
            (None, Some(node)) => (vec![node], 0),
            (Some(tail), Some(head)) if tail < head => (vec![tail, head], 1),
            (Some(tail), Some(head)) => (vec![head, tail], 2),
        };
        let paid = if scope.is_empty() {
            &mut through
        } else {
            let table = tables.entry(scope.clone());
            &mut table.or_insert_with(|| Table::free(scope)).values[set]
        };
        *paid = expressions.sum(*paid, capacity);
    }
    (through, tables.into_values().collect())
}

impl Table {
    /// One in which nothing is to be paid.
    fn free(scope: Vec<usize>) -> Self {
        Self {
            values: vec![Value::ZERO; 1 << scope.len()],
            scope,
        }
    }
}

/// The two tables, first and second place, that together speak of the fewest nodes.
fn closest(tables: &[Table]) -> (usize, usize) {
    let mut best = (usize::MAX, 0, 0);
    for (second, other) in tables.iter().enumerate() {
        for (first, one) in tables[..second].iter().enumerate() {
            best = best.min((union(&one.scope, &other.scope).len(), first, second));
        }
    }
    (best.1, best.2)
}

/// The nodes of both, in order.
fn union(one: &[usize], other: &[usize]) -> Vec<usize> {
    let mut both = [one, other].concat();
    both.sort_unstable();
    both.dedup();
    both
}

/// The sum of two tables.
fn joined(one: &Table, other: &Table, expressions: &mut Expressions) -> Table {
    let scope = union(&one.scope, &other.scope);
    let places = |table: &Table| -> Vec<usize> {
        let place = |node| scope.iter().position(|other| other == node);
        table.scope.iter().filter_map(place).collect()
    };
    let (first, second) = (places(one), places(other));
    let values = (0..1 << scope.len())
        .map(|set| {
            expressions.sum(
                one.values[within(set, &first)],
                other.values[within(set, &second)],
            )
        })
        .collect();
    Table { scope, values }
}

/// The bits of a set that are at the places given, in their order.
fn within(set: usize, places: &[usize]) -> usize {
    let bits = places.iter().enumerate();
    bits.fold(0, |bits, (at, &place)| bits | (set >> place & 1) << at)
}

/// A table in which a node has taken the side that costs less.
fn without(table: &Table, node: usize, expressions: &mut Expressions) -> Table {
    let place = table.scope.iter().position(|&other| other == node);
    let place = place.unwrap_or_default();
    let low = (1 << place) - 1;
    let values = (0..table.values.len() / 2)
        .map(|set| {
            let sink = set & low | (set & !low) << 1;
            expressions.least(table.values[sink], table.values[sink | 1 << place])
        })
        .collect();
    let mut scope = table.scope.clone();
    scope.remove(place);
    Table { scope, values }
}
