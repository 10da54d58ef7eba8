//! What size is worth, as text and as CSV.

use std::io::{self, Write};

use crate::results::{
    Curve, CurveLoss, CurveSizes, FirmAnswer, FirmEquivalent, FirmPoint, RankEstimate,
};

use super::number::{NOTHING, Scale, brief, counted, with_error};
use super::run::{columns, paragraph};
use super::table::Table;
use super::tell::Tell;

/// Writes what size is worth, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn curve_text(curve: &Curve, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    curve_told(curve, width, &mut out)
}

pub(super) fn curve_told(curve: &Curve, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out, "{}", curve.scenario.name)?;
    if let Some(sizes) = &curve.sizes {
        of_sizes(sizes, width, out)?;
    }
    if let Some(firm) = &curve.firm {
        of_firm(firm, width, out)?;
    }
    for warning in &curve.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    let hash = (curve.scenario.sha256.get(..12)).unwrap_or(&curve.scenario.sha256);
    writeln!(
        out,
        "\n{} replications; ± one standard error. keruen {}, scenario {hash}, seed {}.",
        counted(curve.replications),
        curve.version,
        curve.seed
    )
}

fn shown(estimate: RankEstimate, factor: f64) -> String {
    if estimate.mean == 0.0 && estimate.std_error.unwrap_or(0.0) == 0.0 {
        return "0".to_owned();
    }
    let shown = estimate.scaled(1.0 / factor);
    with_error(shown.mean, shown.std_error.filter(|&error| error > 0.0))
}

fn maybe(estimate: Option<RankEstimate>, factor: f64) -> String {
    estimate.map_or_else(|| NOTHING.to_owned(), |estimate| shown(estimate, factor))
}

fn of_sizes(sizes: &CurveSizes, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(
        out,
        "\nWhat is not delivered with other sizes of {}\n",
        sizes.key
    )?;
    let losses = sizes.points.iter().map(|point| point.loss.mean_bbl.mean);
    let scale = Scale::volume(losses.fold(sizes.as_it_is.mean_bbl.mean, f64::max));
    let steps = sizes.points.iter().filter_map(|point| point.for_one_more);
    let per_one = Scale::volume(
        steps
            .map(|loss| loss.mean_bbl.mean.abs())
            .fold(0.0, f64::max),
    );
    let is_priced = sizes.as_it_is.netback_usd.is_some();
    let one = if sizes.unit.is_empty() {
        "one"
    } else {
        &sizes.unit
    };
    let mut numbers = vec![
        format!("mean, {}", scale.unit),
        "CVaR 95 %".to_owned(),
        "mean less\nas it is".to_owned(),
        "CVaR less\nas it is".to_owned(),
        format!("for {one} more\n{}", per_one.unit),
    ];
    if is_priced {
        numbers.push("netback more\nM USD".to_owned());
    }
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let mut table = Table::new(columns(&["size"], &numbers));
    let mut row = |name: &str, loss: &CurveLoss, less: &CurveLoss, step: Option<CurveLoss>| {
        let mut cells = vec![
            name.to_owned(),
            shown(loss.mean_bbl, scale.factor),
            maybe(loss.cvar95_bbl, scale.factor),
            shown(less.mean_bbl, scale.factor),
            maybe(less.cvar95_bbl, scale.factor),
            maybe(step.map(|step| step.mean_bbl), per_one.factor),
        ];
        if is_priced {
            cells.push(maybe(less.netback_usd, 1e6));
        }
        table.row(cells);
    };
    for point in &sizes.points {
        row(
            &point.value,
            &point.loss,
            &point.from_as_it_is,
            point.for_one_more,
        );
    }
    let none = CurveLoss {
        cvar95_bbl: sizes.as_it_is.cvar95_bbl.map(|_| RankEstimate::default()),
        netback_usd: sizes.as_it_is.netback_usd.map(|_| RankEstimate::default()),
        ..CurveLoss::default()
    };
    row("as it is", &sizes.as_it_is, &none, None);
    table.write(width, out)?;
    writeln!(out)?;
    paragraph(
        &format!(
            "Over the horizon, in the same futures; differences are paired. For {one} more: change of \
             the mean from the size before."
        ),
        width,
        out,
    )
}

/// A measure of loss, for people.
fn measure(answer: &FirmAnswer) -> &'static str {
    match answer.measure.as_str() {
        "cvar95" => "CVaR 95 %",
        _ => "mean",
    }
}

fn kbd(bpd: i64) -> String {
    brief(bpd as f64 / 1_000.0, 6)
}

/// A size between two neighbours, in kb/d.
fn between(answer: &FirmAnswer, most_bpd: i64) -> String {
    match answer.size_bpd {
        Some([low, high]) if low == high => kbd(low),
        Some([low, high]) => format!("{} … {}", kbd(low), kbd(high)),
        None => format!("more than {}", kbd(most_bpd)),
    }
}

/// What chance leaves, in kb/d.
fn chance(answer: &FirmAnswer) -> String {
    let Some(low) = answer.chance_low_bpd else {
        return NOTHING.to_owned();
    };
    let high = answer
        .chance_high_bpd
        .map_or_else(|| "no bound".to_owned(), kbd);
    format!("{} … {high}", kbd(low))
}

fn of_firm(firm: &FirmEquivalent, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let option = firm.option.join(" + ");
    writeln!(out, "\nWhich firm capacity {option} is worth\n")?;
    let mut table = Table::new(columns(
        &["by"],
        &[
            "equivalent\nkb/d",
            "95 % interval\nkb/d",
            "more plan\nkb/d",
            "95 % interval\nkb/d",
        ],
    ));
    // Without a tail there is nothing to compare by it.
    let is_known =
        |answer: &&FirmAnswer| answer.measure != "cvar95" || firm.with.cvar95_bbl.is_some();
    let answers = firm.equivalents.iter().filter(is_known);
    for (one, more) in answers.zip(firm.more_plan.iter().filter(is_known)) {
        table.row([
            measure(one).to_owned(),
            between(one, firm.most_bpd),
            chance(one),
            between(more, firm.most_bpd),
            chance(more),
        ]);
    }
    table.write(width, out)?;
    writeln!(out)?;
    let to = firm.to.as_deref().unwrap_or("a market of its own");
    let scale = Scale::volume(firm.without.mean_bbl.mean);
    let text = format!(
        "Equivalent: the capacity of a way from {} to {to} that never fails, costs nothing and leaves \
         as much undelivered: {} {unit} on average with {option}, {} {unit} without. More plan: how \
         much more all fields together can plan, each in proportion, until {option} leaves as much \
         undelivered as there is without it. Steps of {} kb/d.",
        firm.from,
        shown(firm.with.mean_bbl, scale.factor),
        shown(firm.without.mean_bbl, scale.factor),
        kbd(firm.step_bpd),
        unit = scale.unit,
    );
    paragraph(&text, width, out)
}

/// Writes a row for each size.
///
/// # Errors
/// Those of `out`.
pub fn curve_csv(curve: &Curve, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let pair = |estimate: Option<RankEstimate>| {
        let error = estimate.and_then(|estimate| estimate.std_error);
        [
            number(estimate.map(|estimate| estimate.mean)),
            number(error),
        ]
    };
    let named = |names: &[&str]| -> Vec<String> {
        let both = |name: &&str| [(*name).to_owned(), format!("{name}_std_error")];
        names.iter().flat_map(both).collect()
    };
    if let Some(sizes) = &curve.sizes {
        let mut header = vec!["key".to_owned(), "value".to_owned(), "size".to_owned()];
        for of in ["", "_less_as_it_is", "_for_one_more"] {
            let names = ["mean_bbl", "cvar95_bbl", "netback_usd"].map(|name| format!("{name}{of}"));
            header.extend(named(&names.each_ref().map(String::as_str)));
        }
        rows.write_record(header)?;
        let cells = |loss: Option<CurveLoss>| {
            let of = |get: &dyn Fn(CurveLoss) -> Option<RankEstimate>| pair(loss.and_then(get));
            let mean = of(&|loss| Some(loss.mean_bbl));
            let tail = of(&|loss| loss.cvar95_bbl);
            let usd = of(&|loss| loss.netback_usd);
            [mean, tail, usd].into_iter().flatten()
        };
        for point in &sizes.points {
            let place = [
                sizes.key.clone(),
                point.value.clone(),
                point.size.to_string(),
            ];
            let row = place
                .into_iter()
                .chain(cells(Some(point.loss)))
                .chain(cells(Some(point.from_as_it_is)))
                .chain(cells(point.for_one_more));
            rows.write_record(row)?;
        }
    }
    if let Some(firm) = &curve.firm {
        let mut header = ["what", "size_bpd", "mean_bbl", "cvar95_bbl"]
            .map(str::to_owned)
            .to_vec();
        header.extend(named(&["mean_difference_bbl", "cvar95_difference_bbl"]));
        rows.write_record(header)?;
        let firm_rows = firm.points.iter().map(|point| ("firm_capacity", point));
        let plan_rows = firm.plan_points.iter().map(|point| ("more_plan", point));
        let all: Vec<(&str, &FirmPoint)> = firm_rows.chain(plan_rows).collect();
        for (what, point) in all {
            let place = [
                what.to_owned(),
                point.size_bpd.to_string(),
                point.mean_bbl.to_string(),
                number(point.cvar95_bbl),
            ];
            let row = place
                .into_iter()
                .chain(pair(Some(point.mean_difference_bbl)))
                .chain(pair(point.cvar95_difference_bbl));
            rows.write_record(row)?;
        }
    }
    rows.flush()
}
