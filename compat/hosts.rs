//! Hosts other than `lua`: one with everything built in, and a C program that closes its states too early.

use assert_cmd::Command;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// An empty directory for the files of one test.
fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// What would change what a host does, and is taken out of its environment.
const UNSET: [&str; 7] =
    ["LUA_INIT", "LUA_INIT_5_4", "LUA_INIT_5_5", "LUA_PATH_5_4", "LUA_PATH_5_5", "LUA_CPATH_5_4", "LUA_CPATH_5_5"];

/// The host with `lua` built in, to be given a script. It finds no modules on disk.
fn host(lua: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["run", "--quiet", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .args(["--target-dir", concat!(env!("CARGO_TARGET_TMPDIR"), "/hosts")])
        .args(["--no-default-features", "--features", &format!("vendored,{lua}"), "--"])
        .envs([("LUA_PATH", ""), ("LUA_CPATH", "")])
        .current_dir(ROOT);
    for name in UNSET {
        command.env_remove(name);
    }
    command
}

fn host_with(lua: &str, script: &Path) -> Command {
    let mut command = host(lua);
    command.arg(script);
    command
}

/// What the host prints when it succeeds.
fn printed(command: &mut Command) -> String {
    let output = command.assert().success();
    String::from_utf8_lossy(&output.get_output().stdout).into_owned()
}

/// What the host says on stderr when it ends with `status`.
fn complaint(command: &mut Command, status: i32) -> String {
    let output = command.assert().code(status);
    String::from_utf8_lossy(&output.get_output().stderr).into_owned()
}

fn runs_the_demo(lua: &str, version: &str) {
    let text = printed(host(lua).args(["scripts/demo.lua", "2", "20000"]));
    assert!(text.contains(&format!("Primes up to 20000 on {version}\n")), "{text}");
    assert!(text.contains("\n2262 primes; serial "), "{text}");
}

fn preloads_for_all_generations(lua: &str) {
    let script = directory(&format!("generations-{lua}")).join("script.lua");
    fs::write(
        &script,
        r#"
        local function generation(depth, ...)
          local names = { "llthreads2", "llthreads", "llthreads2.ex", "llthreads.ex" }
          for _, name in ipairs(names) do
            assert(require(name).new, name)
          end
          if depth == 0 then return ... end
          local code = string.dump(debug.getinfo(1, "f").func)
          local ex = require(depth % 2 == 0 and "llthreads2.ex" or "llthreads.ex")
          return select(2, assert(ex.new(code, depth - 1, depth, ...):start():join()))
        end
        print(arg[0] == debug.getinfo(1).source:sub(2), #arg, arg[1], ...)
        print(generation(3))
        "#,
    )
    .unwrap();
    assert_eq!(printed(host_with(lua, &script).args(["one", "two"])), "true\t2\tone\tone\ttwo\n1\t2\t3\n");
}

#[test]
fn the_host_runs_the_demo_on_lua_5_4() {
    runs_the_demo("lua54", "Lua 5.4");
}

#[test]
fn the_host_runs_the_demo_on_lua_5_5() {
    runs_the_demo("lua55", "Lua 5.5");
}

#[test]
fn children_and_grandchildren_have_all_modules_on_lua_5_4() {
    preloads_for_all_generations("lua54");
}

#[test]
fn children_and_grandchildren_have_all_modules_on_lua_5_5() {
    preloads_for_all_generations("lua55");
}

#[test]
fn the_host_says_where_a_script_failed() {
    let script = directory("failing").join("script.lua");
    fs::write(&script, "local function f() error 'no way' end\nf()").unwrap();
    let text = complaint(&mut host_with("lua54", &script), 1);
    assert!(text.contains("script.lua:1: no way\nstack traceback:\n"), "{text}");
    assert!(text.contains("script.lua:2: in main chunk"), "{text}");
}

#[test]
fn the_host_says_that_a_script_is_missing() {
    let text = complaint(host("lua54").arg("missing.lua"), 1);
    assert!(text.contains(": cannot open missing.lua"), "{text}");
    for none in [&[][..], &["-"]] {
        let text = complaint(host("lua54").args(none), 2);
        assert!(text.starts_with("usage: ") && text.ends_with(" SCRIPT [ARG...]\n"), "{text}");
    }
}

/// What D9 promises, of a process that stays.
#[test]
#[cfg(target_os = "linux")]
fn closing_a_state_with_detached_children_running_is_no_crash() {
    let build = Path::new(ROOT).join("build/lua5.4");
    assert!(build.join("llthreads2.so").exists(), "there is no build/lua5.4: run scripts/build.sh lua5.4 first");

    let work = directory("early-close");
    let program = work.join("host");
    let compiled = std::process::Command::new("cc")
        .args(["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&program)
        .arg(Path::new(ROOT).join("compat/host.c"))
        .arg("-llua5.4")
        .status();
    assert!(
        compiled.is_ok_and(|status| status.success()),
        "compat/host.c does not compile: it needs cc and liblua5.4-dev (Debian's name)"
    );

    let mut host = Command::new(&program);
    host.arg(&work).env("LUA_CPATH", build.join("?.so")).env("LUA_PATH", "").env_remove("LUA_CPATH_5_4");
    assert_eq!(printed(&mut host), "50 states closed, 100 children done\n");
}
