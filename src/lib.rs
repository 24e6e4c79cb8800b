//! Lua code in OS threads, each with a `lua_State` of its own: the Lua modules `llthreads2` and `llthreads`.
//!
//! The crate is a shared object that `require` loads: Lua users find all they need in the README. This page is the
//! map for those who read the source.
//!
//! # The rooms, in the order of a call
//!
//! Imports point down only.
//!
//! | file | its one job |
//! |---|---|
//! | `lib.rs` | this map, the Rules; the two `luaopen_` entries |
//! | `api.rs` | the Lua surface: argument checks, shapes of results |
//! | `lifecycle.rs` | the start table, a pure state machine |
//! | `thread.rs` | drives a life on an OS thread: where parent and child meet |
//! | `child.rs` | a child's `lua_State`: open, load, run, close |
//! | `message.rs` | values on their way between states |
//! | `interrupt.rs` | the hook, and how it is armed |
//! | `logger.rs`, `traceback.rs` | what becomes of errors |
//! | `os/` | what differs between operating systems |
//! | `shim.rs` | what differs between Lua versions |
//!
//! # The Rules
//!
//! 1. **One owner at a time.** Who owns a `lua_State` calls Lua with it, nobody else does. The one thing another
//!    thread may do to a running child is to strike its thread (`interrupt.rs`).
//! 2. **Errors skip destructors.** Where a Lua error can be raised, no value with a destructor is alive: PUC Lua's
//!    `longjmp` skips it, LuaJIT's unwinding runs it. What needs dropping lives in a userdata, or outside of a
//!    protected call.
//! 3. **No error without a catcher.** In a child's state everything that can raise runs in a protected call, so no
//!    panic function is ever reached. In the parent's state we are called by Lua.
//! 4. **What a state points to outlives it.** A child's registry holds addresses into its `Shared`: that is freed
//!    after the state is closed.
//! 5. **No memory is an error.** What allocates outside of Lua can fail and says so; Rust's allocating functions that
//!    end the process instead are not called.
//! 6. **A Rust panic never crosses into Lua**: it ends the process, at the latest at the edge of an `extern "C"`
//!    function.

#![allow(non_snake_case)] // `L`, as everywhere
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod api;
mod child;
mod interrupt;
mod lifecycle;
mod logger;
mod message;
mod os;
mod shim;
mod thread;
mod traceback;

use shim::lua_State;
use std::os::raw::c_int;

/// The entry of `require "llthreads2"`.
///
/// # Safety
/// Called by Lua, as a C function.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn luaopen_llthreads2(L: *mut lua_State) -> c_int {
    // SAFETY: Called by Lua.
    unsafe { api::open(L, &api::LLTHREADS2, luaopen_llthreads2) }
}

/// The entry of `require "llthreads"`.
///
/// # Safety
/// Called by Lua, as a C function.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn luaopen_llthreads(L: *mut lua_State) -> c_int {
    // SAFETY: Called by Lua.
    unsafe { api::open(L, &api::LLTHREADS, luaopen_llthreads) }
}
