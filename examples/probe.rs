use std::time::Instant;
use keruen::{scenario, simulation};
use keruen::model::Collect;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let loaded = match scenario::load(&scenario::Request { path: args[1].as_ref(), with: &[], set: &[] }) {
        Ok(l) => l,
        Err(e) => { println!("{e:?}"); return; }
    };
    for w in &loaded.warnings { println!("warning: {w}"); }
    let n: u64 = args[2].parse().unwrap();
    let collect = match &args[3][..] { "system" => Collect::System, "markets" => Collect::Markets, _ => Collect::All };
    let o = simulation::overview(&loaded.model).unwrap();
    println!("{:?}\nbottleneck {:?}\ncritical {:?}", o.undisturbed.routes_bpd, o.bottleneck, o.critical);
    println!("planned {} delivered {} exported {}", o.undisturbed.planned_bpd, o.undisturbed.delivered_bpd, o.undisturbed.exported_bpd);
    let s = simulation::Settings { seed: 1, range: 0..n, threads: 1, collect, stop: None, shortfalls: false, rows: false };
    let t = Instant::now();
    let run = simulation::run(&loaded.model, &s, &mut simulation::Silent).unwrap();
    let dt = t.elapsed().as_secs_f64();
    println!("{} reps in {dt:.3} s: {:.0}/s", n, n as f64 / dt);
    for (k, m) in &run.result.metrics { println!("{k}: {:?} ± {:?} {}", m.mean, m.std_error, m.unit); }
    if collect == Collect::All { for (k, m) in &run.result.classes { println!("{k}: {:?}", m["attributed"].mean); } }
}
