//! A storm of interrupts, from several OS threads on one child. Lua code can't do that: a thread object has one owner.

use crate::interrupt::Request;
use crate::shim::*;
use crate::thread::Thread;
use crate::{api, preload};
use std::ffi::{CStr, CString};
use std::os::raw::c_int;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

const STRIKERS: usize = 4;
/// So many interrupts are sent by each before it waits for the child to have come back to its work; it sends as many
/// more before the child can do so again. The child's depth has to be above all these, see storm.lua.
const BURST: usize = 17;
const DEPTH: usize = 2 * STRIKERS * BURST + 10;
const ALL: usize = 1_000_000;

/// For calls that take the thread's lock.
struct Target<'a>(&'a Thread);

// SAFETY: `interrupt` and `ends_by` only read the object, and lock what it shares with the child.
unsafe impl Sync for Target<'_> {}

impl Target<'_> {
    fn strike(&self, progress: &Path) {
        let size = || fs::metadata(progress).unwrap().len();
        let wait_beyond = |seen| {
            while size() <= seen {
                assert!(!self.0.ends_by(Some(Instant::now() + Duration::from_micros(100))), "the child has ended");
            }
        };
        wait_beyond(0);
        for _ in 0..ALL / STRIKERS / BURST + 1 {
            let seen = size();
            for _ in 0..BURST {
                self.0.interrupt(Request::Once);
            }
            wait_beyond(seen);
        }
    }
}

/// Opens the libraries and the modules.
unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: Called by Lua, protected; nothing has a destructor.
    unsafe {
        luaL_openlibs(L);
        preload(L);
    }
    0
}

/// Runs `code` with the strings, and the value at 1 if there is one; it gives one value, which is put there.
unsafe fn run(L: *mut lua_State, code: &CStr, strings: &[&Path]) {
    // SAFETY: As for the test: what raises is protected, but for pushing strings, with memory enough.
    unsafe {
        assert_eq!(luaL_loadstring(L, code.as_ptr()), LUA_OK);
        lua_insert(L, 1);
        for string in strings {
            lua_pushstring(L, CString::new(string.as_os_str().as_encoded_bytes()).unwrap().as_ptr());
        }
        let ok = lua_pcall(L, lua_gettop(L) - 1, 1, 0) == LUA_OK;
        assert!(ok, "{}", String::from_utf8_lossy(bytes(L, -1)));
    }
}

#[test]
fn of_a_million_from_four_threads_is_survived() {
    let file = |name| -> PathBuf { env::temp_dir().join(format!("llthreads2-storm-{}-{name}", process::id())) };
    let (progress, stop) = (file("progress"), file("stop"));
    fs::write(&progress, "").unwrap();
    let start = CString::new(format!(
        "local child = {{ '@spec/storm.lua', interruptible = true }}
        local progress, stop = ...
        return require 'llthreads2.ex'.new(child, 'llthreads2', progress, stop, {DEPTH}):start().thread"
    ));
    let join = c"
        local ok, caught, rounds, strange = (...):join()
        assert(ok, caught)
        assert(not strange, strange)
        return ('%d caught, %d rounds'):format(caught, rounds)";
    // SAFETY: The state is this test's alone. The thread object stays on its stack, and nothing calls Lua while the
    // strikers have it.
    unsafe {
        let L = luaL_newstate();
        lua_pushcfunction(L, open);
        assert_eq!(lua_pcall(L, 0, 0, 0), LUA_OK);
        run(L, &start.unwrap(), &[&progress, &stop]);
        let target = Target(api::thread(L));
        thread::scope(|scope| {
            for _ in 0..STRIKERS {
                scope.spawn(|| target.strike(&progress));
            }
        });
        fs::write(&stop, "").unwrap();
        run(L, join, &[]);
        println!("{LUA}: {}", String::from_utf8_lossy(bytes(L, 1)));
        lua_close(L);
    }
    fs::remove_file(&progress).unwrap();
    fs::remove_file(&stop).unwrap();
}
