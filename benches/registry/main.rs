//! Measures the release binary against pgbench running the same SQL on the same cluster, and prints the ratios with their
//! conditions. No test: machines are noisy, so nothing here passes or fails but what is answered wrongly.
//!
//! `scripts/bench` runs it; `--documents 10000,200000`, `--connections 8,32`, `--rounds 3` and `--seconds 5` are its defaults.
//! With `--log yes` it measures what the evidence of the log costs instead: acts with it, and without.

#![allow(missing_docs, unreachable_pub, reason = "the parts of a measuring program are no public interface")]

mod fill;
mod http;
mod load;
mod log;
mod service;
mod statements;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use fill::Template;
use load::{Length, Measured, Request};
use service::Service;
use statements::{Pair, Statement};

/// Numbers of copies that no bulk uses: for the requests from which the scripts are made.
const SAMPLES: (u32, u32) = (0x7800_0001, 0x7800_0002);
/// Where the moved documents of a run begin; below are those that are only read.
const MOVED_FROM: u32 = 0x4000_0000;
/// Where the ids of documents begin that pgbench creates.
const CREATED_FROM: u32 = 0x1000_0000;

struct Plan {
    documents: Vec<u32>,
    connections: Vec<u32>,
    rounds: u32,
    seconds: u64,
    /// Requests of a round that move a document each, at the largest size; half at the others.
    moves: u32,
    only: Option<String>,
    /// Whether to measure what the evidence costs.
    log: bool,
    binary: PathBuf,
    pg_bin: PathBuf,
}

impl Plan {
    fn most_connections(&self) -> u32 {
        self.connections.iter().copied().max().unwrap_or(1)
    }
}

fn plan() -> Plan {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(name) = arguments.next() {
        let known = ["--documents", "--connections", "--rounds", "--seconds", "--moves", "--only", "--log"].contains(&name.as_str());
        match arguments.next() {
            Some(value) if known => drop(given.insert(name, value)),
            _ => {
                eprintln!("unknown argument `{name}`, or no value after it: see the first lines of benches/registry/main.rs");
                std::process::exit(2);
            }
        }
    }
    let get = |name: &str, default: &str| given.get(name).cloned().unwrap_or_else(|| default.to_owned());
    let list = |name: &str, default: &str| get(name, default).split(',').map(|part| part.parse().expect("a number")).collect();
    Plan {
        documents: list("--documents", "10000,200000"),
        connections: list("--connections", "8,32"),
        rounds: get("--rounds", "3").parse().expect("a number"),
        seconds: get("--seconds", "5").parse().expect("a number"),
        moves: get("--moves", "960").parse().expect("a number"),
        only: given.get("--only").cloned(),
        log: given.contains_key("--log"),
        binary: std::env::var_os("LAWGATE_BIN").map(PathBuf::from).expect("LAWGATE_BIN names the release binary: run scripts/bench"),
        pg_bin: std::env::var_os("LAWGATE_PG_BIN")
            .map(PathBuf::from)
            .expect("LAWGATE_PG_BIN names PostgreSQL's programs: run scripts/bench"),
    }
}

/// One kind of request: who sends it, how, and whether each needs a document of its own.
struct Operation {
    name: &'static str,
    who: &'static str,
    moves: bool,
    /// Which request, told by the number of the copy that it is for.
    request: Box<dyn Fn(u32) -> Request>,
}

#[actix_web::main]
async fn main() {
    let plan = plan();
    let directory = tempfile::Builder::new().prefix("lawgate-bench").tempdir_in(target_dir()).expect("a directory");
    std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).expect("opened");
    let data_dir = directory.path().join("data");
    let service = Service::start(&plan.binary, &data_dir, Some("2026-03-02T09:00:00+08:00"), plan.most_connections());
    let templates = fill::templates(&service).await;
    conditions(&plan, &service);
    let mut service = service;
    let (mut bulk, mut moved, mut created) = (0, MOVED_FROM, CREATED_FROM);
    let mut p99: BTreeMap<(&str, u32, u32), f64> = BTreeMap::new();
    let largest = plan.documents.iter().copied().max().unwrap_or_default();
    for &documents in &plan.documents {
        let filling = Instant::now();
        let moves = if documents == largest { plan.moves } else { plan.moves / 2 };
        // Two sides, each size, each number of connections; those that are moved come on top of those that are read.
        let sides = if plan.log { 4 } else { 2 };
        let stock = moves * plan.rounds * sides * u32::try_from(plan.connections.len()).expect("few");
        fill_to(&service, &plan, &templates, &mut bulk, documents, (moved, moved + stock - 1));
        println!("\n## {documents} documents\n");
        println!(
            "{stock} more stand ready to be opined on and as many to be published; filled in {:.0} s, database {}.",
            filling.elapsed().as_secs_f64(),
            service.sql(&plan.pg_bin, "SELECT pg_size_pretty(pg_database_size('lawgate'))")
        );
        let operations = operations(&service, &templates, documents).await;
        let scripts = scripts(&mut service, &plan, &templates, &operations, directory.path(), documents).await;
        if plan.log {
            log::cost(&service, &plan, &operations, &scripts, (&mut moved, moves), &mut created).await;
            continue;
        }
        println!("\n| request | connections | lawgate /s | pgbench /s | ratio | p50 ms | p99 ms | pgbench p99 ms | statements |");
        println!("|---|---|---|---|---|---|---|---|---|");
        for operation in
            operations.iter().filter(|operation| plan.only.as_deref().is_none_or(|only| only.split(',').any(|name| name == operation.name)))
        {
            let mut next = moved;
            for &connections in &plan.connections {
                let (mut ours, mut theirs, mut ratios) = (Measured::default(), Measured::default(), Vec::new());
                for round in 0..plan.rounds {
                    let length = if operation.moves { Length::Count(moves) } else { Length::Time(Duration::from_secs(plan.seconds)) };
                    let first = next;
                    let side = async |http_first: bool| {
                        let (mut one, mut other) = (Measured::default(), Measured::default());
                        for turn in [http_first, !http_first] {
                            if turn {
                                let base = first;
                                one = load::http(&service, operation.who, connections, length, &|number| {
                                    (operation.request)(if operation.moves { base + number } else { number })
                                })
                                .await;
                            } else {
                                let first = if operation.moves { first + moves } else { created };
                                other = load::pgbench(&service, &plan.pg_bin, &scripts[operation.name].0, connections, length, first);
                            }
                            service.settle(&plan.pg_bin);
                        }
                        (one, other)
                    };
                    let (one, other) = side(round % 2 == 0).await;
                    if operation.moves {
                        next += 2 * moves;
                    }
                    created += connections * load::NUMBERS_OF_A_CLIENT;
                    ratios.push(one.rate() / other.rate());
                    ours.add(one);
                    theirs.add(other);
                }
                ratios.sort_by(f64::total_cmp);
                let ratio = ratios[ratios.len() / 2];
                println!(
                    "| {} | {connections} | {:.0} | {:.0} | {ratio:.2} | {:.2} | {:.2} | {:.2} | {} |",
                    operation.name,
                    ours.rate(),
                    theirs.rate(),
                    ours.percentile(50.0),
                    ours.percentile(99.0),
                    theirs.percentile(99.0),
                    scripts[operation.name].1
                );
                p99.insert((operation.name, connections, documents), ours.percentile(99.0));
            }
        }
        moved += stock;
        let (now, most) = service.resident_mb();
        println!("\nResident memory of the service beside its database: {now:.0} MB, {most:.0} MB at most.");
    }
    if let (Some(&small), Some(&large)) = (plan.documents.first(), plan.documents.last())
        && small != large
    {
        println!("\n## p99 at {large} documents over p99 at {small}\n\n| request | connections | ratio |\n|---|---|---|");
        for ((name, connections, documents), slow) in &p99 {
            if *documents == large
                && let Some(quick) = p99.get(&(*name, *connections, small))
            {
                println!("| {name} | {connections} | {:.2} |", slow / quick);
            }
        }
    }
    service.stop();
}

/// Where the data lies: beside what is built, on the disk that builds are on.
fn target_dir() -> PathBuf {
    std::env::current_exe().ok().and_then(|exe| exe.ancestors().nth(3).map(Path::to_owned)).unwrap_or_else(std::env::temp_dir)
}

fn conditions(plan: &Plan, service: &Service) {
    let first_line = |path: &str, prefix: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().find(|line| line.starts_with(prefix)).unwrap_or_default().split(':').next_back().unwrap_or_default().trim().to_owned()
    };
    let output = |program: &Path, argument: &str| {
        let output = Command::new(program).arg(argument).output().expect("runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    println!("# lawgate against pgbench\n");
    println!(
        "- {}, {} cores, {} memory; load average of the minute before {}",
        first_line("/proc/cpuinfo", "model name"),
        std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        first_line("/proc/meminfo", "MemTotal"),
        std::fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or_default()
    );
    println!("- {}; {}; private cluster, {}", output(&plan.binary, "--version"), output(&plan.pg_bin.join("postgres"), "--version"),
        service.sql(&plan.pg_bin, "SELECT string_agg(name || '=' || setting, ', ') FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers')"));
    println!(
        "- client, service and database share the cores; {} rounds, the sides take turns; a read lasts {} s a round, a move {} documents (half at the smaller sizes); the first {} requests of each connection are not counted; ratios are medians of the rounds, percentiles of all requests",
        plan.rounds,
        plan.seconds,
        plan.moves,
        load::WARM_UP
    );
    println!(
        "- the service may hold {} connections to the database, those of a request being one or two; pgbench holds one for each of its clients",
        2 * plan.most_connections()
    );
    println!(
        "- pgbench: -M prepared, the statements of one request as the server logged them, in the same transactions, with ids and moments of their own"
    );
}

/// Copies until there are `documents`, and the documents that will be moved.
fn fill_to(service: &Service, plan: &Plan, templates: &[Template], bulk: &mut u32, documents: u32, stock: (u32, u32)) {
    let each = documents / 20;
    // Of twenty, twelve are filed: most of what a registry holds is long done.
    let shares = [("drafting", 2), ("under_review", 2), ("cleared", 3), ("signed", 1), ("filed", 12)];
    let before = *bulk / 20;
    for template in templates {
        let share = shares.iter().find(|(name, _)| *name == template.name).map_or(0, |(_, share)| *share);
        fill::copy(service, &plan.pg_bin, template, 1 + before * share, each * share);
        if *bulk == 0 {
            fill::copy(service, &plan.pg_bin, template, SAMPLES.0, SAMPLES.1);
        }
        if ["under_review", "signed"].contains(&template.name) {
            fill::copy(service, &plan.pg_bin, template, stock.0, stock.1);
        }
    }
    *bulk = documents;
    service.sql(&plan.pg_bin, "VACUUM ANALYZE; CHECKPOINT;");
}

async fn operations(service: &Service, templates: &[Template], documents: u32) -> Vec<Operation> {
    let of = |name: &str| templates.iter().find(|template| template.name == name).expect("a template").clone();
    let (filed, cleared, under_review, signed) = (of("filed"), of("cleared"), of("under_review"), of("signed"));
    let issuer = service.body_of("secretary").to_owned();
    let deep = deep_cursor(service, documents).await;
    // Spread over all of them, whatever their order; the samples for the scripts are taken as they are.
    let spread = move |number: u32, share: u32| {
        if number >= MOVED_FROM { number } else { 1 + number.wrapping_mul(2_654_435_761) % (documents / 20 * share) }
    };
    vec![
        Operation {
            name: "get",
            who: "drafter",
            moves: false,
            request: Box::new(move |number| ("GET", format!("/documents/{}", filed.copy(spread(number, 12))), String::new(), 200)),
        },
        Operation {
            name: "list",
            who: "drafter",
            moves: false,
            request: Box::new(|_| ("GET", "/documents".to_owned(), String::new(), 200)),
        },
        Operation {
            name: "list_deep",
            who: "drafter",
            moves: false,
            request: Box::new(move |_| ("GET", format!("/documents?cursor={deep}"), String::new(), 200)),
        },
        Operation {
            name: "gate",
            who: "drafter",
            moves: false,
            request: Box::new(move |number| ("GET", format!("/documents/{}/gate", cleared.copy(spread(number, 3))), String::new(), 200)),
        },
        Operation {
            name: "create",
            who: "drafter",
            moves: false,
            request: Box::new(move |_| ("POST", "/documents".to_owned(), fill::draft(&issuer, "关于加强某项管理的通知"), 201)),
        },
        Operation {
            name: "opinion",
            who: "reviewer",
            moves: true,
            request: Box::new(move |number| ("POST", format!("/documents/{}/opinions", under_review.copy(number)), fill::opinion(), 200)),
        },
        Operation {
            name: "publication",
            who: "secretary",
            moves: true,
            request: Box::new(move |number| ("POST", format!("/documents/{}/publication", signed.copy(number)), fill::publication(), 200)),
        },
    ]
}

/// The cursor four fifths down the list.
async fn deep_cursor(service: &Service, documents: u32) -> String {
    let mut connection = service.connect("drafter").await;
    let mut cursor = String::new();
    let mut passed = 0;
    while passed < documents / 5 * 4 {
        // The limit belongs to the cursor's list; the page that is measured has the usual one.
        let path = if cursor.is_empty() { "/documents?limit=200".to_owned() } else { format!("/documents?limit=200&cursor={cursor}") };
        let answered = connection.get(&path).await.expect("an answer");
        assert_eq!(answered.status, 200, "{}", answered.json());
        cursor = answered.json()["next_cursor"].as_str().expect("more pages").to_owned();
        passed += 200;
    }
    cursor
}

/// For each kind of request its script, and how many statements it has.
async fn scripts(
    service: &mut Service,
    plan: &Plan,
    templates: &[Template],
    operations: &[Operation],
    directory: &Path,
    documents: u32,
) -> BTreeMap<&'static str, (PathBuf, usize)> {
    let data_dir = directory.join("data");
    // The role's connections log every statement, for as long as it takes to see one request of each kind, twice.
    service
        .sql(&plan.pg_bin, "ALTER ROLE lawgate_app SET log_statement = 'all'; ALTER ROLE lawgate_app SET log_error_verbosity = 'default'");
    restart(service, plan, &data_dir);
    let clock_offset_us: i64 = service.sql(&plan.pg_bin, "SELECT clock_offset_us FROM registry_state").parse().expect("a number");
    let mut scripts = BTreeMap::new();
    for (place, operation) in operations.iter().enumerate() {
        let mut seen: Vec<Vec<Statement>> = Vec::new();
        // Samples are used up by what moves, so each size and each kind has its own.
        let numbers = if operation.moves { sample_numbers(service, plan, templates, operation.name, place, documents) } else { SAMPLES };
        // The first request warms the caches of the rules, and is not looked at.
        let warm = if operation.moves { None } else { Some(SAMPLES.0) };
        for number in warm.into_iter().chain([numbers.0, numbers.1]) {
            let mut connection = service.connect(operation.who).await;
            let from = service.server_log_bytes();
            let (method, path, body, status) = (operation.request)(number);
            let answered = connection.send(method, &path, &body).await.expect("an answer");
            assert_eq!(answered.status, status, "{method} {path}: {}", answered.json());
            seen.push(statements::parse(&service.server_log(from), &service.sealing_process(&plan.pg_bin)));
        }
        let [.., first, second] = seen.as_slice() else { unreachable!("two were pushed") };
        let pair = Pair { first, second, numbers, kind: place, clock_offset_us };
        let bounds = if operation.moves || operation.name == "create" {
            "\\set i :i + 1\n\\set n :first + :client_id * :span + :i - 1\n".to_owned()
        } else {
            format!("\\set n random(1, {})\n", documents / 20 * if operation.name == "gate" { 3 } else { 12 })
        };
        let path = directory.join(format!("{}.sql", operation.name));
        std::fs::write(&path, bounds + &statements::script(&pair)).expect("written");
        scripts.insert(operation.name, (path, first.len()));
    }
    service.sql(&plan.pg_bin, "ALTER ROLE lawgate_app RESET ALL");
    restart(service, plan, &data_dir);
    scripts
}

fn sample_numbers(service: &Service, plan: &Plan, templates: &[Template], name: &str, place: usize, documents: u32) -> (u32, u32) {
    let first = 0x7000_0000 + documents * 16 + u32::try_from(place).expect("few") * 2;
    let wanted = if name == "opinion" { "under_review" } else { "signed" };
    let template = templates.iter().find(|template| template.name == wanted).expect("a template");
    fill::copy(service, &plan.pg_bin, template, first, first + 1);
    (first, first + 1)
}

fn restart(service: &mut Service, plan: &Plan, data_dir: &Path) {
    service.stop_in_place();
    *service = Service::start(&plan.binary, data_dir, None, plan.most_connections());
}
