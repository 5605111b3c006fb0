//! The disk is full: acts are refused in words, reading goes on, nothing is corrupted, and room brings everything back.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::sys::statvfs::statvfs;

use super::program::{Running, stage};
use super::registry::{Registry, demo};

/// A small disk of its own, which only root can have.
struct Disk {
    at: PathBuf,
    stage: tempfile::TempDir,
}

impl Disk {
    fn of(megabytes: u32) -> Option<Self> {
        let stage = stage();
        let at = stage.path().join("disk");
        fs::create_dir(&at).expect("a directory");
        let size = format!("size={megabytes}m,mode=755");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "lawgate-test"]).arg(&at).stderr(Stdio::null()).status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self { at, stage });
        }
        println!("skipped: a small disk of its own can be made by root only");
        None
    }

    /// Fills it but for so many bytes.
    fn fill_but(&self, left: u64) {
        let mut ballast = File::options().create(true).append(true).open(self.at.join("ballast")).expect("a file");
        let chunk = vec![b'x'; 64 * 1024];
        while free(&self.at) > left {
            let count = usize::try_from(free(&self.at) - left).map_or(chunk.len(), |missing| missing.min(chunk.len()));
            if ballast.write_all(&chunk[..count]).is_err() {
                return;
            }
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.at.join("ballast")).expect("removed");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.at).status();
    }
}

fn free(at: &Path) -> u64 {
    let disk = statvfs(at).expect("a disk");
    disk.blocks_available() * disk.fragment_size()
}

const MIB: u64 = 1024 * 1024;

#[test]
fn acts_are_refused_before_the_server_has_no_room_and_reading_goes_on() {
    let Some(disk) = Disk::of(192) else { return };
    let data_dir = disk.at.join("data");
    let registry = Registry::start(demo(&data_dir, &[]), &data_dir, disk.stage.path());
    registry.create("以前", None).expect(201);
    disk.fill_but(40 * MIB);
    for _ in 0..3 {
        let problem = registry.create("没有空间", Some("k-space")).expect_503("storage_full");
        assert!(problem["detail"].as_str().is_some_and(|said| said.contains("make room")), "{problem}");
        registry.get("drafter", "/api/v1/documents").expect(200);
    }
    registry.get("", "/health/ready").expect(200);
    assert!(registry.figure("lawgate_cluster_disk_free_bytes") <= 40.0 * 1024.0 * 1024.0);
    assert_eq!(registry.figure("lawgate_cluster_restarts_total"), 0.0);
    disk.make_room();
    registry.create("没有空间", Some("k-space")).expect(201);
    let listed = registry.get("drafter", "/api/v1/documents?q=%E6%B2%A1%E6%9C%89%E7%A9%BA%E9%97%B4").expect(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_server_that_stopped_on_a_full_disk_comes_back_with_everything_that_was_answered() {
    let Some(disk) = Disk::of(192) else { return };
    let data_dir = disk.at.join("data");
    let mut registry = Registry::start(demo(&data_dir, &[]), &data_dir, disk.stage.path());
    registry.join();
    for number in 0..20 {
        registry.create(&format!("已办理{number}"), None).expect(201);
    }
    // Whoever writes past the service fills what the service would have left.
    disk.fill_but(6 * MIB);
    let superuser = registry.superuser();
    // Into the write-ahead log alone: where a table does not fit, only the statement fails, and gives the room back.
    let stopped =
        superuser.try_run("SELECT count(pg_logical_emit_message(false, 'filler', repeat('x', 1000000))) FROM generate_series(1, 250)");
    assert!(stopped.is_err());
    drop(superuser);
    let began = Instant::now();
    // First its connections break, then none can be opened.
    loop {
        let answer = registry.get("drafter", "/api/v1/documents");
        if answer.status == 503 && answer.json()["code"] == "storage_full" {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "the server runs on: {}", answer.text());
        thread::sleep(Duration::from_millis(50));
    }
    registry.create("没有空间", Some("k-panic")).expect_503("storage_full");
    registry.get("", "/health/live").expect(200);
    registry.get("", "/health/ready").expect_503("storage_full");
    disk.make_room();
    let took = registry.is_ready_within(Duration::from_secs(30));
    println!("ready {took:?} after there was room");
    registry.create("没有空间", Some("k-panic")).expect(201);
    for number in 0..20 {
        assert_eq!(registry.titled(&format!("已办理{number}")), 1);
    }
    assert_eq!(registry.titled("没有空间"), 1);
    registry.superuser().run("REINDEX DATABASE lawgate");
    registry.running.stop(Signal::SIGTERM);
}

#[test]
fn a_log_on_a_full_disk_costs_lines_and_nothing_else() {
    let Some(disk) = Disk::of(1) else { return };
    let data_dir = disk.stage.path().join("data");
    let mut registry = Registry::of(Running::spawn(demo(&data_dir, &[]), &disk.at), &data_dir);
    disk.fill_but(0);
    for number in 0..60 {
        registry.create(&format!("无日志{number}"), None).expect(201);
        registry.get("", "/api/v1/nothing").expect(404);
    }
    let lost = registry.figure("lawgate_log_lines_lost_total");
    assert!(lost > 50.0, "{lost}");
    disk.make_room();
    let lost = registry.figure("lawgate_log_lines_lost_total");
    registry.get("", "/health/live").expect(200);
    registry
        .running
        .until("a line after there was room", |running| running.errors().lines().last().is_some_and(|line| line.contains("/health/live")));
    assert_eq!(registry.figure("lawgate_log_lines_lost_total"), lost);
    registry.running.stop(Signal::SIGTERM);
}
