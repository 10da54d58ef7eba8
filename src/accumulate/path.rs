//! One replication, followed from epoch to epoch.

use crate::units::Seconds;

use super::books::Books;
use super::integral::Integral;
use super::shortfall::{RecoveryRule, ShortfallRule, Shortfalls};

/// An epoch: a time in which every flow is constant. Rates are b/d.
pub struct EpochView<'a> {
    /// When it begins.
    pub from: Seconds,
    /// When it ends.
    pub to: Seconds,
    /// What all fields plan, and what keeps them from it.
    pub books: Books,
    /// What fields produce.
    pub produced: i64,
    /// What reaches markets.
    pub delivered: i64,
    /// What reaches export markets.
    pub exported: i64,
    /// What would reach markets with tanks fixed and flow limited to nominations.
    pub available_delivery: i64,
    /// A number that is another one whenever flows, or what is booked of fields, may be others than
    /// in the last epoch.
    pub turn: u64,
    /// The same of what reaches markets, which may change while flows do not.
    pub arrival: u64,
    /// The same of what is booked of fields, which mostly stays while flows change.
    pub booked: u64,
    /// Flow of each arc of the reduced problem.
    pub flows: &'a [i64],
    /// What reaches each market, then what comes of each lot to those that pay by grade.
    pub sold: &'a [i64],
    /// What each market is owed.
    pub owed: &'a [i64],
    /// What each field plans, and what keeps it from it.
    pub fields: &'a [Books],
    /// Other people's oil on each transit.
    pub transits: &'a [i64],
    /// Arcs of the network on which one more barrel a day would be delivered.
    pub binding: &'a [usize],
}

/// What a replication is followed for.
#[derive(Clone, Debug)]
pub struct PathSetup {
    /// Horizon.
    pub horizon: Seconds,
    /// Arcs of the reduced problem; none if flows are not gathered.
    pub flows: usize,
    /// Arcs of the network, for binding times; none if they are not gathered.
    pub arcs: usize,
    /// Markets.
    pub markets: usize,
    /// Lots of markets that pay by grade.
    pub lots: usize,
    /// Fields.
    pub fields: usize,
    /// Transits.
    pub transits: usize,
    /// Bins of the fan; none if it is not gathered.
    pub bins: usize,
    /// Starts of the second and later months; none if months are not gathered.
    pub months: Vec<Seconds>,
    /// What counts as a shortfall.
    pub shortfall: ShortfallRule,
    /// What counts as recovered.
    pub recovery: RecoveryRule,
    /// Whether single shortfalls are kept.
    pub keep_shortfalls: bool,
}

/// Rates that have been constant since an instant, b/d.
#[derive(Clone, Debug, Default)]
struct Held {
    from: Seconds,
    to: Seconds,
    books: Books,
    produced: i64,
    delivered: i64,
    exported: i64,
    available_delivery: i64,
    owed: Vec<i64>,
    binding: Vec<usize>,
}

/// Sums over one replication; volumes in 86 400ths of a barrel, times in seconds.
#[derive(Clone, Debug)]
pub struct PathTotals {
    setup: PathSetup,
    /// Planned, and what kept fields from it.
    pub books: Books,
    /// Could be produced, had nowhere to go.
    pub shut_in: i64,
    /// Delivered.
    pub delivered: i64,
    /// Exported.
    pub exported: i64,
    /// Below plan, where it was.
    pub gross_undelivered: i64,
    /// Delivered with tanks fixed and flow limited to nominations.
    pub available_delivery: i64,
    /// By arc of the reduced problem.
    pub flow: Integral,
    /// By field: planned, and what kept it from it.
    pub fields: Vec<Books>,
    /// What is booked of each field now, and since when, seconds.
    field_rates: Vec<(Books, i64)>,
    /// By market, then by lot: delivered.
    pub sold: Integral,
    /// By market: not met.
    pub unmet: Vec<i64>,
    /// By market: time not met.
    pub unmet_time: Vec<i64>,
    /// By market: number of unbroken times not met.
    pub unmet_events: Vec<i64>,
    was_unmet: Vec<bool>,
    /// What is constant since an instant that has not been summed up yet.
    held: Held,
    /// Turn and arrival of the last epoch.
    turn: Option<(u64, u64)>,
    /// What was booked of fields last.
    booked: Option<u64>,
    /// By transit: volume.
    pub transit: Integral,
    /// By arc of the network: time in which one more barrel a day would be delivered.
    pub binding: Vec<i64>,
    /// By bin of the fan: delivered.
    pub bins: Vec<i64>,
    /// Where bins begin and the last one ends, seconds; and the bin that it is now.
    edges: Vec<i64>,
    bin: usize,
    /// Shortfalls.
    pub shortfalls: Shortfalls,
    month: usize,
    /// At the end of each month, since the start: delivered, planned, the flow of each arc, what
    /// was sold at each market and of each lot, the binding time of each arc of the network.
    pub month_marks: Vec<i64>,
}

impl PathTotals {
    /// For a setup.
    #[must_use]
    pub fn new(setup: PathSetup) -> Self {
        let months = if setup.months.is_empty() {
            0
        } else {
            setup.months.len() + 1
        };
        Self {
            books: Books::default(),
            shut_in: 0,
            delivered: 0,
            exported: 0,
            gross_undelivered: 0,
            available_delivery: 0,
            flow: Integral::new(setup.flows),
            fields: vec![Books::default(); setup.fields],
            field_rates: vec![(Books::default(), 0); setup.fields],
            sold: Integral::new(setup.markets + setup.lots),
            unmet: vec![0; setup.markets],
            unmet_time: vec![0; setup.markets],
            unmet_events: vec![0; setup.markets],
            was_unmet: vec![false; setup.markets],
            held: Held::default(),
            turn: None,
            booked: None,
            transit: Integral::new(setup.transits),
            binding: vec![0; setup.arcs],
            bins: vec![0; setup.bins],
            edges: edges(&setup),
            bin: 0,
            shortfalls: Shortfalls::new(setup.shortfall, setup.recovery, setup.keep_shortfalls),
            month: 0,
            month_marks: Vec::with_capacity(
                months * (2 + setup.flows + setup.markets + setup.lots + setup.arcs),
            ),
            setup,
        }
    }

    /// Forgets the last replication.
    pub fn reset(&mut self) {
        self.books = Books::default();
        self.fields.fill(Books::default());
        self.shut_in = 0;
        self.delivered = 0;
        self.exported = 0;
        self.gross_undelivered = 0;
        self.available_delivery = 0;
        self.field_rates.fill((Books::default(), 0));
        self.bin = 0;
        for integral in [&mut self.flow, &mut self.sold, &mut self.transit] {
            integral.reset();
        }
        for sums in [
            &mut self.unmet,
            &mut self.unmet_time,
            &mut self.unmet_events,
            &mut self.binding,
            &mut self.bins,
        ] {
            sums.fill(0);
        }
        self.was_unmet.fill(false);
        (self.held.from, self.held.to) = (Seconds::ZERO, Seconds::ZERO);
        self.turn = None;
        self.booked = None;
        self.shortfalls.reset();
        self.month = 0;
        self.month_marks.clear();
    }

    /// Number of months, 0 if they are not gathered.
    #[must_use]
    pub fn months(&self) -> usize {
        if self.setup.months.is_empty() {
            0
        } else {
            self.setup.months.len() + 1
        }
    }

    /// Adds an epoch.
    pub fn see(&mut self, epoch: &EpochView) {
        let now = Some((epoch.turn, epoch.arrival));
        if self.turn != now {
            self.sum_up();
            self.hold(epoch);
            self.turn = now;
        }
        self.held.to = epoch.to;
        if epoch.to == self.setup.horizon {
            self.sum_up();
            self.close();
        }
    }

    /// From the start of an epoch on its rates hold.
    fn hold(&mut self, epoch: &EpochView) {
        let start = epoch.from.0;
        self.sold.change(start, epoch.sold);
        if self.turn.is_none_or(|(turn, _)| turn != epoch.turn) {
            self.flow.change(start, epoch.flows);
            self.transit.change(start, epoch.transits);
            if self.booked != Some(epoch.booked) {
                self.booked = Some(epoch.booked);
                self.see_fields(epoch);
            }
        }
        let held = &mut self.held;
        held.from = epoch.from;
        held.books = epoch.books;
        held.produced = epoch.produced;
        held.delivered = epoch.delivered;
        held.exported = epoch.exported;
        held.available_delivery = epoch.available_delivery;
        held.owed.clear();
        held.owed.extend_from_slice(epoch.owed);
        held.binding.clear();
        held.binding.extend_from_slice(epoch.binding);
    }

    /// Adds the time in which what is held was constant.
    fn sum_up(&mut self) {
        let Held {
            mut from,
            to,
            books,
            delivered,
            ..
        } = self.held;
        if from == to {
            return;
        }
        self.shortfalls.see(from, to, books.planned, delivered);
        self.see_markets((to - from).0);
        self.see_bins();
        while let Some(&end) = (self.setup.months.get(self.month)).filter(|&&end| end <= to) {
            self.integrate((end - from).0);
            self.mark_month(end);
            from = end;
        }
        self.integrate((to - from).0);
        self.held.from = to;
    }

    /// At the horizon.
    fn close(&mut self) {
        let end = self.setup.horizon;
        if !self.setup.months.is_empty() {
            self.mark_month(end);
        }
        for integral in [&mut self.flow, &mut self.sold, &mut self.transit] {
            integral.close(end.0);
        }
        for (sum, (rates, since)) in self.fields.iter_mut().zip(&mut self.field_rates) {
            sum.add(rates, end.0 - *since);
            *since = end.0;
        }
    }

    /// What sums up in scalars.
    fn integrate(&mut self, time: i64) {
        let held = &self.held;
        if time == 0 {
            return;
        }
        self.books.add(&held.books, time);
        self.shut_in += (held.books.potential() - held.produced) * time;
        self.delivered += held.delivered * time;
        self.exported += held.exported * time;
        self.gross_undelivered += (held.books.planned - held.delivered).max(0) * time;
        self.available_delivery += held.available_delivery * time;
        if !self.binding.is_empty() {
            for &arc in &held.binding {
                self.binding[arc] += time;
            }
        }
    }

    /// What is booked of fields is summed up when it changes.
    fn see_fields(&mut self, epoch: &EpochView) {
        let kept = self.fields.iter_mut().zip(&mut self.field_rates);
        for ((sum, (rates, since)), now) in kept.zip(epoch.fields) {
            if rates != now {
                sum.add(rates, epoch.from.0 - *since);
                (*rates, *since) = (*now, epoch.from.0);
            }
        }
    }

    fn see_markets(&mut self, time: i64) {
        let rates = self.sold.rates().iter().zip(&self.held.owed);
        for (market, (&sold, &owed)) in rates.enumerate() {
            let missing = owed - sold;
            if missing > 0 {
                self.unmet[market] += missing * time;
                self.unmet_time[market] += time;
                self.unmet_events[market] += i64::from(!self.was_unmet[market]);
            }
            self.was_unmet[market] = missing > 0;
        }
    }

    fn see_bins(&mut self) {
        let held = &self.held;
        let mut from = held.from.0;
        while let Some(&end) = self.edges.get(self.bin + 1)
            && from < held.to.0
        {
            let until = end.min(held.to.0);
            self.bins[self.bin] += held.delivered * (until - from);
            from = until;
            self.bin += usize::from(until == end);
        }
    }

    /// How long each bin of the fan is, seconds.
    pub fn bin_seconds(&self) -> impl Iterator<Item = i64> + '_ {
        self.edges.windows(2).map(|edges| edges[1] - edges[0])
    }

    fn mark_month(&mut self, end: Seconds) {
        self.month += 1;
        self.month_marks.push(self.delivered);
        self.month_marks.push(self.books.planned);
        self.month_marks.extend(self.flow.up_to(end.0));
        self.month_marks.extend(self.sold.up_to(end.0));
        self.month_marks.extend_from_slice(&self.binding);
    }
}

/// Bin b covers [b × horizon / bins, (b + 1) × horizon / bins), in whole seconds.
fn edges(setup: &PathSetup) -> Vec<i64> {
    let bins = setup.bins as i64;
    if bins == 0 {
        return Vec::new();
    }
    let edges = (0..=bins).map(|bin| bin * setup.horizon.0 / bins);
    edges.collect()
}
