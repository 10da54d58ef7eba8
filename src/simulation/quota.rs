//! Production quotas: who is cut for them, and what is booked.
//!
//! What counts is what is produced: the flows are found without the quota first, so that a field
//! without a way out counts for what it still produces, and only what is above the cap is cut.
//! Balances are kept by calendar month, as those who agree on quotas keep them.

use jiff::ToSpan;

use crate::model::{Control, Follow, Model, Quota, Series};
use crate::network::UNLIMITED;
use crate::units::{BarrelsPerDay, Fraction, SECONDS_PER_DAY, Seconds, round_half_even};

use super::fields::Cause;
use super::state::State;

/// Shares that count are in 10⁻⁹, and so are rates and volumes of what counts.
const PARTS: i128 = 1_000_000_000;
/// How often all quotas are looked at again because one of them made others produce more, at most.
const ROUNDS: usize = 8;

/// What is fixed of the quotas for a run.
#[derive(Clone, Debug, Default)]
pub(super) struct QuotaRules {
    /// Ends of the calendar months, the last at the horizon; empty without quotas.
    pub(super) months: Vec<Seconds>,
    /// By quota.
    members: Vec<Vec<Member>>,
    /// By quota and month: the cap over the whole month; 86 400ths of a barrel.
    capped: Vec<Vec<i128>>,
    /// The same of the cap that is to be kept, less compensation if that is kept too.
    allowed: Vec<Vec<i128>>,
}

/// A field under a quota.
#[derive(Clone, Copy, Debug)]
struct Member {
    field: usize,
    /// Share that counts, in 10⁻⁹.
    crude: i64,
    floor: Fraction,
    /// Place in the order of cuts, if it can be cut.
    turn: Option<usize>,
}

/// A quota in one replication. What counts is in 10⁻⁹ of a b/d, or of an 86 400th of a barrel.
#[derive(Clone, Debug, Default)]
pub(super) struct QuotaState {
    /// b/d.
    pub(super) cap: i64,
    pub(super) compensation: i64,
    /// What counted since the month began.
    month_counted: i128,
    month_began: Seconds,
    pub(super) account: QuotaAccount,
}

/// What is booked on a quota over a replication: volumes that count in 10⁻⁹ of an 86 400th of a
/// barrel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct QuotaAccount {
    pub(super) counted: i128,
    /// What would have counted but for the cuts.
    pub(super) cut: i128,
    /// What should have been cut besides.
    pub(super) unmet: i128,
    /// What months were above the cap.
    pub(super) excess: i128,
    /// Length of the months that were above it.
    pub(super) time_over: Seconds,
    pub(super) balance: i128,
    /// By month that is over: what counted, and the balance.
    pub(super) months: Vec<(i128, i128)>,
}

impl QuotaRules {
    pub(super) fn of(model: &Model) -> Self {
        if model.quotas.is_empty() {
            return Self::default();
        }
        let months = month_ends(model);
        let members = model.quotas.iter().map(|quota| {
            let member = |&field: &usize| {
                let spec = &model.fields[field];
                let turn = |control: Control| quota.cut_order.iter().position(|&c| c == control);
                Member {
                    field,
                    crude: round_half_even(spec.crude_share.get() * PARTS as f64),
                    floor: spec.floor,
                    turn: spec.control.and_then(turn),
                }
            };
            quota.fields.iter().map(member).collect()
        });
        let of_months = |quota: &Quota, rate: &dyn Fn(i64, i64) -> i64| -> Vec<i128> {
            let mut began = Seconds::ZERO;
            let month = |&end: &Seconds| {
                let volume = integral(quota, (began, end), rate);
                began = end;
                volume
            };
            months.iter().map(month).collect()
        };
        let capped = |quota| of_months(quota, &|cap, _| cap);
        let allowed = |quota: &Quota| {
            let follow = quota.follow;
            of_months(quota, &move |cap, compensation| {
                kept(follow, cap, compensation)
            })
        };
        Self {
            members: members.collect(),
            capped: model.quotas.iter().map(capped).collect(),
            allowed: model.quotas.iter().map(allowed).collect(),
            months,
        }
    }
}

/// A rate made of cap and compensation over a time, 86 400ths of a barrel.
fn integral(quota: &Quota, (from, to): (Seconds, Seconds), rate: &dyn Fn(i64, i64) -> i64) -> i128 {
    let steps = [&quota.cap, &quota.compensation];
    let steps = steps.into_iter().flat_map(Series::steps);
    let inner = steps.map(|&(at, _)| at).filter(|&at| at > from && at < to);
    let mut edges: Vec<Seconds> = inner.chain([from, to]).collect();
    edges.sort_unstable();
    edges.dedup();
    let volume = |pair: &[Seconds]| {
        let rate = rate(quota.cap.at(pair[0]).0, quota.compensation.at(pair[0]).0);
        i128::from(rate) * time(pair[1] - pair[0])
    };
    edges.windows(2).map(volume).sum()
}

/// Ends of the calendar months, the last at the horizon.
fn month_ends(model: &Model) -> Vec<Seconds> {
    let mut ends = Vec::new();
    let mut date = model.start;
    let mut at = Seconds::ZERO;
    while let Ok(next) = date.first_of_month().checked_add(1.month()) {
        at += Seconds(i64::from((next - date).get_days()) * SECONDS_PER_DAY);
        if at >= model.horizon {
            break;
        }
        ends.push(at);
        date = next;
    }
    ends.push(model.horizon);
    ends
}

/// The cap that is to be kept, b/d.
fn kept(follow: Follow, cap: i64, compensation: i64) -> i64 {
    match follow {
        Follow::Compensate => (cap - compensation).max(0),
        Follow::NationalInterest | Follow::Comply => cap,
    }
}

fn time(span: Seconds) -> i128 {
    i128::from(span.0)
}

/// Whole barrels of what counts, half to even.
pub(super) fn counted_barrels(volume: i128) -> i64 {
    let unit = PARTS * i128::from(SECONDS_PER_DAY);
    let whole = volume.div_euclid(unit);
    let rest = 2 * volume.rem_euclid(unit);
    let up = rest > unit || (rest == unit && whole % 2 != 0);
    i64::try_from(whole + i128::from(up)).unwrap_or(i64::MAX)
}

impl QuotaState {
    /// At the start of the horizon.
    fn restart(&mut self, opening: i64) {
        let mut months = std::mem::take(&mut self.account.months);
        months.clear();
        *self = Self {
            cap: self.cap,
            compensation: self.compensation,
            account: QuotaAccount {
                balance: i128::from(opening) * i128::from(SECONDS_PER_DAY) * PARTS,
                months,
                ..QuotaAccount::default()
            },
            ..Self::default()
        };
    }

    /// Ends a month. With `allowed`, it is the month that has to keep to it.
    fn close_month(&mut self, end: Seconds, capped: i128, credit: bool, allowed: Option<i128>) {
        let account = &mut self.account;
        let over = self.month_counted - capped * PARTS;
        account.counted += self.month_counted;
        account.balance += over;
        if !credit {
            account.balance = account.balance.max(0);
        }
        if over > 0 {
            account.excess += over;
            account.time_over += end - self.month_began;
        }
        if let Some(allowed) = allowed {
            account.unmet += (self.month_counted - allowed * PARTS).max(0);
        }
        account.months.push((self.month_counted, account.balance));
        self.month_counted = 0;
        self.month_began = end;
    }
}

impl State<'_> {
    /// Balances as at the start.
    pub(super) fn open_quotas(&mut self) {
        let quotas = self.world.model.quotas.iter();
        for (state, quota) in self.quotas.iter_mut().zip(quotas) {
            state.restart(quota.opening.0);
        }
    }

    /// Lets fields produce as if there were no quota.
    pub(super) fn lift_quotas(&mut self) {
        let world = self.world;
        for member in world.quotas.members.iter().flatten() {
            let limits = &mut self.fields[member.field];
            if limits.quota < UNLIMITED {
                limits.quota = UNLIMITED;
                limits.free = UNLIMITED;
                self.write_source(member.field);
            }
        }
    }

    /// Cuts fields until quotas are kept as far as they can be.
    pub(super) fn keep_quotas(&mut self) {
        // What one quota makes room for may count under another.
        for _ in 0..ROUNDS {
            let mut has_cut = false;
            for quota in 0..self.quotas.len() {
                has_cut |= self.keep_quota(quota);
            }
            if !has_cut {
                break;
            }
        }
    }

    /// What counts now, in 10⁻⁹ b/d.
    fn counted(&self, quota: usize) -> i128 {
        let members = self.world.quotas.members[quota].iter();
        members
            .map(|member| i128::from(member.crude) * i128::from(self.produced(member.field)))
            .sum()
    }

    /// What may count now, in 10⁻⁹ b/d; none if the quota is not kept.
    fn quota_cap(&self, quota: usize) -> Option<i128> {
        let spec = &self.world.model.quotas[quota];
        if spec.follow == Follow::NationalInterest {
            return None;
        }
        let state = &self.quotas[quota];
        if !spec.catch_up {
            return Some(i128::from(kept(spec.follow, state.cap, state.compensation)) * PARTS);
        }
        let month = state.account.months.len();
        let rules = &self.world.quotas;
        let (allowed, &end) = (rules.allowed[quota].get(month)?, rules.months.get(month)?);
        let left = allowed * PARTS - state.month_counted;
        Some(left.max(0) / time(end - self.now).max(1))
    }

    /// Cuts fields under a quota by what is above its cap. Whether any was cut.
    fn keep_quota(&mut self, quota: usize) -> bool {
        let Some(cap) = self.quota_cap(quota) else {
            return false;
        };
        let mut has_cut = false;
        for turn in 0..self.world.model.quotas[quota].cut_order.len() {
            let required = self.counted(quota) - cap;
            if required <= 0 {
                break;
            }
            let room = self.find_room(quota, turn);
            if room.is_empty() {
                continue;
            }
            has_cut = true;
            let all = counted_room(&room);
            if self.counts_after(quota, &room, required) <= cap || required >= all {
                continue;
            }
            // Others have filled the room: the least cut is sought that is enough all the same.
            if self.counts_after(quota, &room, all) > cap {
                continue;
            }
            let (mut little, mut enough) = (required, all);
            while enough - little > PARTS {
                let middle = i128::midpoint(little, enough);
                if self.counts_after(quota, &room, middle) <= cap {
                    enough = middle;
                } else {
                    little = middle;
                }
            }
            self.counts_after(quota, &room, enough);
        }
        has_cut
    }

    /// The fields of a quota that can be cut in a turn, and how far they are above their floors.
    fn find_room(&self, quota: usize, turn: usize) -> Vec<Room> {
        let members = self.world.quotas.members[quota].iter();
        members
            .filter(|member| member.turn == Some(turn) && member.crude > 0)
            .map(|&member| {
                let plan = BarrelsPerDay(self.nominal[member.field]);
                let produced = self.produced(member.field);
                // What an earlier cut has left a field to climb back is a part of its cut: else
                // each new look would move cuts to the fields that cannot return at once.
                let limits = &self.fields[member.field];
                let climbs = limits.cause == Cause::Quota && produced >= limits.ramp;
                Room {
                    member,
                    produced,
                    most: produced - plan.scaled(member.floor).0,
                    down: if climbs {
                        (limits.sound - produced).max(0)
                    } else {
                        0
                    },
                }
            })
            .filter(|room| room.most > 0)
            .collect()
    }

    /// Cuts fields so that `cut` of what they produced no longer counts, and solves: what counts
    /// then.
    fn counts_after(&mut self, quota: usize, room: &[Room], cut: i128) -> i128 {
        for (room, cut) in room.iter().zip(shares(room, cut)) {
            let limits = &mut self.fields[room.member.field];
            if cut == 0 && limits.quota == UNLIMITED {
                continue;
            }
            if limits.free == UNLIMITED {
                limits.free = room.produced;
            }
            limits.quota = room.produced - cut;
            self.write_source(room.member.field);
        }
        self.solve_flows();
        self.counted(quota)
    }

    /// Books what counts over a time in which flows are as they are; `now` is its end.
    pub(super) fn pass_quotas(&mut self, seconds: i64) {
        let span = i128::from(seconds);
        for quota in 0..self.quotas.len() {
            let counted = self.counted(quota);
            let spec = &self.world.model.quotas[quota];
            let rules = &self.world.quotas;
            let members = rules.members[quota].iter();
            let is_cut = self.rates.books.quota_cut > 0;
            let cut: i128 = members
                .filter(|_| is_cut)
                .map(|member| {
                    i128::from(member.crude)
                        * i128::from(self.field_books()[member.field].quota_cut)
                })
                .sum();
            let by_month = spec.catch_up && spec.follow != Follow::NationalInterest;
            let unmet = match self.quota_cap(quota) {
                Some(cap) if !by_month => (counted - cap).max(0),
                _ => 0,
            };
            let now = self.now;
            let state = &mut self.quotas[quota];
            state.account.cut += cut * span;
            state.account.unmet += unmet * span;
            let mut from = now - Seconds(seconds);
            while from < now {
                let month = state.account.months.len();
                let end = rules.months.get(month).map_or(now, |&end| end.min(now));
                state.month_counted += counted * time(end - from);
                from = end;
                if rules.months.get(month) == Some(&end) {
                    let allowed = by_month.then(|| rules.allowed[quota][month]);
                    state.close_month(end, rules.capped[quota][month], spec.credit, allowed);
                }
            }
        }
    }
}

/// A field that can be cut, b/d.
#[derive(Clone, Copy, Debug)]
struct Room {
    member: Member,
    produced: i64,
    /// How far it is above its floor, above 0.
    most: i64,
    /// How far it is below what it could produce because of cuts before.
    down: i64,
}

impl Room {
    /// What counts of a rate of it, in 10⁻⁹ b/d.
    fn counted(&self, rate: i64) -> i128 {
        i128::from(self.member.crude) * i128::from(rate)
    }

    /// How far it would be above its floor but for cuts.
    fn whole(&self) -> i64 {
        self.most + self.down
    }
}

/// What would no longer count if all fields were cut to their floors, in 10⁻⁹ b/d.
fn counted_room(room: &[Room]) -> i128 {
    let parts = room.iter();
    parts
        .map(|room| i128::from(room.member.crude) * i128::from(room.most))
        .sum()
}

/// Whole b/d by which each field is cut so that `required` no longer counts: all in proportion to
/// what they may be cut by, what they are already down by included, remainders to the largest and
/// then to the first; at most all of it. Who is down by more than that is not cut further.
fn shares(room: &[Room], required: i128) -> Vec<i64> {
    let all = counted_room(room);
    if required >= all {
        return room.iter().map(|room| room.most).collect();
    }
    let mut is_cut = vec![true; room.len()];
    let (over, under) = loop {
        let cut = || room.iter().zip(&is_cut).filter(|&(_, &is_cut)| is_cut);
        let down: i128 = cut().map(|(room, _)| room.counted(room.down)).sum();
        let under: i128 = cut().map(|(room, _)| room.counted(room.whole())).sum();
        let over = required + down;
        let mut is_settled = true;
        for (room, is_cut) in room.iter().zip(&mut is_cut) {
            let is_further = over * i128::from(room.whole()) > under * i128::from(room.down);
            if *is_cut && !is_further {
                *is_cut = false;
                is_settled = false;
            }
        }
        if is_settled {
            break (over, under);
        }
    };
    let part = |at: usize| {
        let room = &room[at];
        if is_cut[at] {
            over * i128::from(room.whole()) - under * i128::from(room.down)
        } else {
            0
        }
    };
    let mut cuts: Vec<i64> = (0..room.len())
        .map(|at| (part(at) / under) as i64)
        .collect();
    let done = room.iter().zip(&cuts);
    let mut done: i128 = done
        .map(|(room, &cut)| i128::from(room.member.crude) * i128::from(cut))
        .sum();
    let mut order: Vec<usize> = (0..room.len()).collect();
    order.retain(|&at| is_cut[at]);
    order.sort_by_key(|&at| (std::cmp::Reverse(part(at) % under), at));
    for at in order {
        if done >= required {
            break;
        }
        cuts[at] += 1;
        done += i128::from(room[at].member.crude);
    }
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(most: i64, crude: f64) -> Room {
        Room {
            member: Member {
                field: 0,
                crude: round_half_even(crude * PARTS as f64),
                floor: Fraction::ZERO,
                turn: Some(0),
            },
            produced: most,
            most,
            down: 0,
        }
    }

    #[test]
    fn cuts_are_in_proportion_to_room_and_just_enough() {
        let fields = [room(400, 1.0), room(400, 0.5), room(100, 1.0)];
        assert_eq!(shares(&fields, 350 * PARTS), [200, 200, 50]);
        assert_eq!(shares(&fields, 700 * PARTS), [400, 400, 100]);
        assert_eq!(shares(&fields, 900 * PARTS), [400, 400, 100]);
        // A seventh of each: 57.14, 57.14 and 14.29.
        assert_eq!(shares(&fields, 100 * PARTS), [57, 57, 15]);
        assert_eq!(shares(&fields, PARTS / 2), [1, 0, 0]);
    }

    #[test]
    fn who_is_down_already_is_cut_by_so_much_less() {
        let mut fields = [room(600, 1.0), room(330, 1.0)];
        fields[1].down = 70;
        // A fifth of 600 and of 400.
        assert_eq!(shares(&fields, 130 * PARTS), [120, 10]);
        // A tenth of each is less than the second is down by.
        assert_eq!(shares(&fields, 30 * PARTS), [30, 0]);
    }

    #[test]
    fn what_counts_is_rounded_half_to_even() {
        let barrel = PARTS * i128::from(SECONDS_PER_DAY);
        for (volume, barrels) in [
            (barrel / 2, 0),
            (barrel + barrel / 2, 2),
            (-barrel / 2, 0),
            (-barrel - 1, -1),
        ] {
            assert_eq!(counted_barrels(volume), barrels);
        }
    }
}
