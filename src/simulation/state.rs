//! The state of one replication at one instant, and what follows from it.

use crate::accumulate::Books;
use crate::allocation::{Allocator, Derivative};
use crate::model::Element;
use crate::network::{ArcRole, NO_ARC, UNLIMITED};
use crate::units::{Fraction, Seconds};

use super::announced::{Notice, Prepared};
use super::answers::Answers;
use super::arrivals::Arrivals;
use super::calendar::Entry;
use super::dispatch::TankState;
use super::fields::FieldLimits;
use super::lags::{Known, Lag};
use super::outages::Outages;
use super::parts::PartState;
use super::quota::QuotaState;
use super::restart::Courses;
use super::together::Watch;
use super::turns::Division;
use super::world::World;

/// Capacities, stocks and flows; kept from replication to replication so that nothing is allocated.
pub(super) struct State<'w> {
    pub(super) world: &'w World<'w>,
    pub(super) nominal: Vec<i64>,
    pub(super) available: Vec<i64>,
    /// What disruptions leave of each slot.
    outages: Outages,
    pub(super) commitment: Vec<i64>,
    pub(super) nomination: Vec<i64>,
    entitlement: Vec<i64>,
    pub(super) transit_wanted: Vec<i64>,
    pub(super) transit_flow: Vec<i64>,
    pub(super) transit_used: Vec<i64>,
    /// Work space: what was delivered up to each class before something changed.
    pub(super) delivered_up_to: Vec<i64>,
    dirty: Vec<u32>,
    is_dirty: Vec<bool>,
    transits_dirty: bool,
    /// Whether plan or potential of a field changed since rates were read.
    pub(super) fields_moved: bool,
    /// What limits each field besides its own outages, and where its plan is booked.
    pub(super) fields: Vec<FieldLimits>,
    field_books: Vec<Books>,
    pub(super) quotas: Vec<QuotaState>,
    /// What fields remember of stops.
    pub(super) courses: Courses,
    /// Now: the start of the epoch.
    pub(super) now: Seconds,
    pub(super) arc_capacity: Vec<i64>,
    pub(super) allocator: Allocator,
    /// What flows where few slots are hit, if they tell that.
    pub(super) answers: Option<Box<Answers>>,
    /// The same network under the other costs, those of steering or those of the rules.
    pub(super) steering: Option<Allocator>,
    /// Whether `allocator` is the one under the costs of steering.
    pub(super) is_steered: bool,
    /// The same network with tanks fixed and flow limited to nominations.
    pub(super) firm: Option<Allocator>,
    pub(super) derivative: Option<Derivative>,
    pub(super) tanks: Vec<TankState>,
    /// What tanks hold by grade, where grades told apart share them.
    pub(super) parts: Vec<PartState>,
    /// What each tank prepares for, and all that is announced in this replication.
    pub(super) prepared: Vec<Prepared>,
    pub(super) notices: Vec<Notice>,
    /// Work space for serving tanks in order.
    pub(super) tank_order: Vec<usize>,
    pub(super) division: Division,
    /// Contents at the start, 86 400ths of a barrel.
    pub(super) initial_volumes: Vec<i64>,
    /// Links with a lag, in the order of the world's list.
    pub(super) lags: Vec<Lag>,
    /// For what it is known which of them help.
    pub(super) known_needs: Known,
    /// Finds which of them would help, where that can be read off the flows.
    pub(super) needs: Option<Derivative>,
    /// What is under way, if anything can be.
    pub(super) arrivals: Option<Arrivals>,
    pub(super) rates: Rates,
    pub(super) binding: Vec<usize>,
    /// What each reduced arc could carry where it is looked what binds, b/d.
    arc_limits: Vec<u32>,
    /// Elements on which a disruption began or ended since the list was last emptied.
    pub(super) changed: Vec<u32>,
    /// Elements that could do with more, where another model has more of them.
    pub(super) watch: Option<Box<Watch>>,
}

/// What flows, b/d.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rates {
    /// How often they were read off flows.
    pub(super) turn: u64,
    /// How often it was read what is booked of fields.
    pub(super) booked: u64,
    /// Which flows of the allocator these are.
    pub(super) told: Option<u64>,
    /// How often it was told what arrives, which may change while flows do not.
    pub(super) arrival: u64,
    /// What all fields plan, and what keeps them from it.
    pub(super) books: Books,
    pub(super) produced: i64,
    /// What leaves for markets; without transit times, what is delivered.
    pub(super) departed: i64,
    pub(super) delivered: i64,
    pub(super) exported: i64,
    pub(super) available_delivery: i64,
    /// By market, then by lot of those that pay by grade.
    pub(super) sold: Vec<i64>,
    pub(super) owed: Vec<i64>,
}

impl<'w> State<'w> {
    /// At the start of the horizon. With `detail`, also what is only reported when everything is
    /// gathered: production availability and where capacity binds.
    pub(super) fn new(world: &'w World<'w>, detail: bool) -> Self {
        let model = world.model;
        let elements = world.elements.count();
        let problem = &world.network.problem;
        let mut state = Self {
            world,
            nominal: vec![0; elements],
            available: vec![0; elements],
            outages: Outages::new(world.slot_element.len()),
            commitment: vec![0; model.markets.len()],
            nomination: vec![0; model.links.len()],
            entitlement: vec![0; model.fields.len()],
            transit_wanted: vec![0; model.transits.len()],
            transit_flow: vec![0; model.transits.len()],
            transit_used: vec![0; elements],
            delivered_up_to: vec![0; world.sales_by_class.len()],
            dirty: Vec::with_capacity(elements),
            is_dirty: vec![false; elements],
            transits_dirty: true,
            fields_moved: true,
            fields: vec![FieldLimits::default(); model.fields.len()],
            field_books: vec![Books::default(); model.fields.len()],
            quotas: vec![QuotaState::default(); model.quotas.len()],
            courses: Courses::default(),
            now: Seconds::ZERO,
            arc_capacity: vec![0; world.network.arcs.len()],
            allocator: Allocator::new(problem),
            answers: Answers::of(world).map(Box::new),
            steering: (world.steering.as_ref()).map(|steering| Allocator::new(&steering.problem)),
            is_steered: false,
            firm: detail.then(|| Allocator::unshared(problem)),
            derivative: (detail && world.has_derivative()).then(|| Derivative::new(&world.network)),
            tanks: vec![TankState::default(); world.network.tanks.len()],
            parts: vec![PartState::default(); world.network.parts.len()],
            prepared: vec![Prepared::default(); world.network.tanks.len()],
            notices: Vec::new(),
            tank_order: Vec::with_capacity(world.network.tanks.len()),
            division: Division::default(),
            initial_volumes: vec![0; world.network.tanks.len()],
            lags: vec![Lag::default(); world.lagged.len()],
            known_needs: Known::default(),
            needs: world.tells_needs().then(|| Derivative::new(&world.network)),
            arrivals: world.delays.as_ref().map(Arrivals::new),
            rates: Rates {
                sold: vec![0; model.markets.len() + world.lots.len()],
                owed: vec![0; model.markets.len()],
                ..Rates::default()
            },
            binding: Vec::new(),
            arc_limits: Vec::new(),
            changed: Vec::new(),
            watch: None,
        };
        state.lay_out_courses();
        for &(entry, value) in &world.calendar.start {
            state.set(entry, value);
        }
        for element in 0..elements {
            state.touch(element);
        }
        for lot in &world.network.lots {
            state.write_arc(lot.arc, UNLIMITED);
        }
        for part in &world.network.parts {
            state.write_arc(part.gained, UNLIMITED);
        }
        state.fill_tanks();
        state.open_quotas();
        state
    }

    /// Back to the start of the horizon, with nothing wrong.
    pub(super) fn restart(&mut self) {
        while let Some(slot) = self.outages.clear_next() {
            let element = self.world.slot_element[slot] as usize;
            self.touch(element);
            if let Element::Tank(hub) = self.world.elements.kind(element)
                && let Some(tank) = self.world.network.tank_of_hub(hub)
            {
                // Whole again before it is filled.
                self.resize_tank(tank, self.nominal[element]);
            }
        }
        for index in 0..self.world.calendar.restore.len() {
            let (entry, value) = self.world.calendar.restore[index];
            self.set(entry, value);
        }
        self.forget_notices();
        self.fill_tanks();
        self.open_quotas();
        self.forget_courses();
        self.restart_lags();
        self.restart_arrivals();
        self.changed.clear();
        self.fields_moved = true;
        self.now = Seconds::ZERO;
    }

    pub(super) fn touch(&mut self, element: usize) {
        if !self.is_dirty[element] {
            self.is_dirty[element] = true;
            self.dirty.push(element as u32);
        }
    }

    /// Sets what the calendar sets.
    pub(super) fn set(&mut self, entry: Entry, value: i64) {
        // What is owed and planned may change while flows do not.
        self.fields_moved = true;
        let elements = self.world.elements;
        match entry {
            Entry::Nominal(element) => {
                self.nominal[element] = value;
                self.touch(element);
                if let Element::Link(link) = elements.kind(element) {
                    for index in 0..self.world.stands_for[link].len() {
                        self.touch(elements.hub(self.world.stands_for[link][index]));
                    }
                }
            }
            Entry::Commitment(market) => {
                self.commitment[market] = value;
                self.touch(elements.market(market));
            }
            Entry::Nomination(link) => {
                self.nomination[link] = value;
                self.touch(elements.link(link));
            }
            Entry::TankSize(tank) => {
                let element = elements.tank(self.world.network.tanks[tank].hub);
                self.nominal[element] = value;
                self.available[element] = self.compute_available(element);
                self.resize_tank(tank, self.available[element]);
            }
            Entry::Cap(quota) => self.quotas[quota].cap = value,
            Entry::Compensation(quota) => self.quotas[quota].compensation = value,
            Entry::Month => {}
            Entry::Usual(link) => {
                if let Some(lag) = self.lag_of(link) {
                    self.lags[lag].usual = value;
                    self.touch(elements.link(link));
                }
            }
            Entry::Transit(transit) => {
                self.transit_wanted[transit] = value;
                self.transits_dirty = true;
            }
            Entry::Entitlement(field) => {
                self.entitlement[field] = value;
                self.touch(elements.field(field));
            }
        }
    }

    /// A disruption begins.
    pub(super) fn begin(&mut self, slot: u32, hazard: u32, left: Fraction) {
        self.outages.begin(slot, hazard, left);
        self.hit(slot, true);
    }

    /// A disruption ends.
    pub(super) fn end(&mut self, slot: u32, hazard: u32, left: Fraction) {
        self.outages.end(slot, hazard, left);
        self.hit(slot, false);
    }

    fn hit(&mut self, slot: u32, begins: bool) {
        if let Some(answers) = &mut self.answers {
            answers.change(slot, begins);
        }
        let element = self.world.slot_element[slot as usize];
        self.touch(element as usize);
        self.changed.push(element);
    }

    /// Whether hazards leave nothing of an element, whatever it could carry.
    pub(super) fn is_closed(&self, element: usize) -> bool {
        let hits = &self.world.hits[element];
        let units = &hits.units;
        self.share(hits.whole) == Fraction::ZERO
            || (!units.is_empty()
                && units
                    .iter()
                    .all(|&(_, slot)| self.share(slot) == Fraction::ZERO))
    }

    /// The share left on a slot.
    fn share(&self, slot: Option<u32>) -> Fraction {
        self.outages.share(slot, self.world.combine)
    }

    /// What an element has when nothing is wrong with it.
    pub(super) fn intact(&self, element: usize) -> i64 {
        self.world.intact(&self.nominal, element)
    }

    fn compute_available(&self, element: usize) -> i64 {
        (self.world).available(&self.nominal, &self.outages, element)
    }

    /// Carries changes through to the arcs.
    pub(super) fn refresh(&mut self) {
        if self.dirty.is_empty() && !self.transits_dirty {
            return;
        }
        self.known_needs.forget();
        for index in 0..self.dirty.len() {
            let element = self.dirty[index] as usize;
            let available = self.compute_available(element);
            if available != self.available[element] {
                self.available[element] = available;
                self.transits_dirty |= self.world.on_transit[element];
            }
        }
        if self.transits_dirty {
            self.transits_dirty = false;
            self.pass_transits();
            for index in 0..self.world.transit_elements.len() {
                self.touch(self.world.transit_elements[index]);
            }
        }
        while let Some(element) = self.dirty.pop() {
            self.is_dirty[element as usize] = false;
            self.write_arcs(element as usize);
        }
    }

    pub(super) fn write_arcs(&mut self, element: usize) {
        let network = &self.world.network;
        let left = self.left_for_us(element);
        match self.world.elements.kind(element) {
            Element::Field(field) => {
                self.fields[field].sound = self.after_damage(field, left);
                self.write_source(field);
                self.write_claim(field);
            }
            Element::Hub(hub) => {
                if let Some(arc) = network.through_of[hub] {
                    let available = self.available[element];
                    let limit = (self.world).hub_limit(&self.nominal, hub, available, left);
                    self.write_arc(arc, limit);
                }
            }
            Element::Market(market) => {
                let [committed, rest] = network.sell_arcs[market];
                let promised = if committed.is_some() {
                    self.commitment[market].min(left)
                } else {
                    0
                };
                if let Some(arc) = committed {
                    self.write_arc(arc, promised);
                }
                if let Some(arc) = rest {
                    self.write_arc(arc, left - promised);
                }
                let spec = &self.world.model.markets[market];
                self.rates.owed[market] = if spec.commitment.is_some() {
                    self.commitment[market]
                } else if spec.demand.is_some() {
                    self.nominal[element]
                } else {
                    0
                };
            }
            Element::Tank(hub) => {
                if let Some(tank) = network.tank_of_hub(hub) {
                    self.resize_tank(tank, left);
                }
            }
            Element::Link(link) => {
                let [nominated, rest, back] = network.link_arcs[link];
                let agreed = if nominated.is_some() {
                    self.nomination[link].min(left)
                } else {
                    0
                };
                let (along, against) = self.let_through(link, left, agreed);
                if let Some(arc) = nominated {
                    self.write_arc(arc, agreed);
                }
                if let Some(arc) = rest {
                    self.write_arc(arc, along - agreed);
                }
                if let Some(arc) = back {
                    self.write_arc(arc, against);
                }
            }
        }
    }

    /// Tells the allocation what a field claims, where cuts are shared.
    pub(super) fn write_claim(&mut self, field: usize) {
        let plan = self.nominal[self.world.elements.field(field)];
        let spec = &self.world.model.fields[field];
        let entitled = spec
            .entitlement
            .as_ref()
            .map_or(plan, |_| self.entitlement[field]);
        self.allocator.set_claim(field, plan, entitled);
    }

    /// Sets the capacity of an arc of the network.
    #[inline]
    pub(super) fn write_arc(&mut self, arc: usize, capacity: i64) {
        let capacity = capacity.min(UNLIMITED);
        if self.arc_capacity[arc] != capacity {
            self.arc_capacity[arc] = capacity;
            self.carry_through(arc, capacity);
        }
    }

    /// Has the allocation know the capacity of an arc of the network. Apart, so that where nothing changes costs no call.
    #[inline(never)]
    fn carry_through(&mut self, arc: usize, capacity: i64) {
        let problem = &self.world.network.problem;
        let carrier = problem.carrier[arc];
        if carrier == NO_ARC {
            return;
        }
        let members = problem.arcs[carrier].members.iter();
        let least = members.fold(capacity, |least, &member| {
            least.min(self.arc_capacity[member])
        });
        self.allocator.set_capacity(carrier, least);
        if let Some(firm) = &mut self.firm {
            let beyond = self.world.beyond_nomination[carrier];
            firm.set_capacity(carrier, if beyond { 0 } else { least });
        }
    }

    /// Reads off what flows.
    pub(super) fn read_rates(&mut self) {
        let world = self.world;
        let flows = self.allocator.flows();
        let rates = &mut self.rates;
        rates.turn += 1;
        rates.told = Some(self.allocator.turn());
        if std::mem::take(&mut self.fields_moved) {
            rates.booked += 1;
            rates.books = Books::default();
            for (field, limits) in self.fields.iter_mut().enumerate() {
                let books = limits.book(self.nominal[field], self.available[field]);
                rates.books.add(&books, 1);
                self.field_books[field] = books;
            }
        }
        rates.produced = world.sources.iter().map(|&arc| flows[arc]).sum();
        (rates.delivered, rates.exported) = (0, 0);
        rates.sold.fill(0);
        for sale in &world.sales {
            let flow = flows[sale.arc];
            rates.sold[sale.market] += flow;
            rates.delivered += flow;
            rates.exported += if sale.export { flow } else { 0 };
        }
        let lots = &mut rates.sold[world.model.markets.len()..];
        for (sold, &arc) in lots.iter_mut().zip(&world.lots) {
            *sold = if arc == NO_ARC { 0 } else { flows[arc] };
        }
        rates.departed = rates.delivered;
        if let Some(arrivals) = &mut self.arrivals {
            arrivals.depart(world, flows, self.now, rates);
        }
        if let Some(firm) = &mut self.firm {
            let flows = firm.solve();
            rates.available_delivery = world.sales.iter().map(|sale| flows[sale.arc]).sum();
        }
        self.find_binding();
    }

    /// Where one more barrel a day would be delivered, among arcs that stand for links and hubs.
    fn find_binding(&mut self) {
        let Some(derivative) = &mut self.derivative else {
            return;
        };
        let network = &self.world.network;
        let problem = &network.problem;
        let capacity = &mut self.arc_limits;
        capacity.clear();
        capacity.extend_from_slice(self.allocator.capacities());
        // What tanks leave to others to be drawn is there all the same.
        for (tank, &(_, arc)) in self.world.tank_arcs.iter().enumerate() {
            if arc != NO_ARC {
                let others = problem.arcs[arc].members[1..].iter();
                let least = others.map(|&member| self.arc_capacity[member]).min();
                let draw = self.tanks[tank].draw_limit(self.world, tank);
                capacity[arc] = least.map_or(draw, |least| least.min(draw)).min(UNLIMITED) as u32;
            }
        }
        self.binding.clear();
        derivative.explore(capacity, self.allocator.flows());
        for &index in derivative.binding() {
            let least = i64::from(capacity[index as usize]);
            // In series only the tightest member helps, and only if it is alone.
            let mut tightest = problem.arcs[index as usize]
                .members
                .iter()
                .filter(|&&member| self.arc_capacity[member] == least);
            if let (Some(&only), None) = (tightest.next(), tightest.next()) {
                let counts = !matches!(
                    network.arcs[only].role,
                    ArcRole::Fill(_)
                        | ArcRole::Draw(_)
                        | ArcRole::Link {
                            nominated: true,
                            ..
                        }
                );
                if counts {
                    self.binding.push(only);
                }
            }
        }
    }

    /// What is available of an element after other people's oil, b/d.
    pub(super) fn left_for_us(&self, element: usize) -> i64 {
        (self.available[element] - self.transit_used[element]).max(0)
    }

    /// What each field plans, and what keeps it from it, b/d.
    pub(super) fn field_books(&self) -> &[Books] {
        &self.field_books
    }

    /// What a field produces, b/d.
    pub(super) fn produced(&self, field: usize) -> i64 {
        let carrier = self.world.source_carriers[field];
        if carrier == NO_ARC {
            0
        } else {
            self.allocator.flows()[carrier]
        }
    }

    /// The net flow on a link, b/d; negative against its direction.
    pub(super) fn link_flow(&self, link: usize) -> i64 {
        let [nominated, rest, back] = self.world.network.link_arcs[link];
        let carrier = &self.world.network.problem.carrier;
        let flow = |arc: Option<usize>| match arc.map(|arc| carrier[arc]) {
            Some(arc) if arc != NO_ARC => self.allocator.flows()[arc],
            _ => 0,
        };
        flow(nominated) + flow(rest) - flow(back)
    }
}
