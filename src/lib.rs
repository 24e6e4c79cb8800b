//! Lua code in OS threads, each with a `lua_State` of its own: the Lua modules `llthreads2` and `llthreads`.
//!
//! The crate is a shared object that `require` loads: Lua users find all they need in the README. Rust programs that
//! have Lua built in call [`preload`]. The rest of this page is the map for those who read the source.
//!
//! # The rooms, in the order of a call
//!
//! Imports point down only.
//!
//! | file | its one job |
//! |---|---|
//! | `main.rs` | a host with Lua built in, for scripts; the only room outside of the library |
//! | `lib.rs` | this map, the Rules; the two `luaopen_` entries, and `preload` |
//! | `embed.rs` | the modules for programs with Lua built in |
//! | `api.rs` | the Lua surface: argument checks, shapes of results |
//! | `lifecycle.rs` | the start table, a pure state machine |
//! | `thread.rs` | drives a life on an OS thread: where parent and child meet |
//! | `child.rs` | a child's `lua_State`: open, load, run, close |
//! | `message.rs` | values on their way between states |
//! | `interrupt.rs` | the hook, and how it is armed |
//! | `arena.rs` | the memory of a child's state |
//! | `logger.rs`, `traceback.rs` | what becomes of errors |
//! | `os/` | what differs between operating systems |
//! | `shim.rs` | what differs between Lua versions |
//! | `model/`, `storm.rs` | tests: parent and child in every order of their steps; interrupts from many threads |
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
mod arena;
mod child;
mod embed;
mod interrupt;
mod lifecycle;
mod logger;
mod message;
mod os;
mod shim;
#[cfg(all(test, feature = "vendored"))]
mod storm;
mod thread;
mod traceback;

use shim::lua_State;
use std::os::raw::c_int;

/// What parent and child meet with; in `model/` there is loom's in its place.
mod sync {
    pub use std::alloc;
    pub use std::sync::{Condvar, Mutex, MutexGuard, atomic};
    pub use std::time::Instant;
}

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

/// Makes `require` find `llthreads2`, `llthreads`, `llthreads2.ex` and `llthreads.ex` in the state `L`, and in all
/// children and their children: for programs that have Lua built in, or do without files beside them.
///
/// Sets four fields of `package.preload`, opens none of the modules, and leaves the stack as it was. Calling it again
/// changes nothing. Raises a Lua error (a string) if the library `package` is not open, or if there is no memory.
///
/// With mlua, on the Lua that it builds in; this crate's feature for the Lua has to be the same:
///
#[cfg_attr(feature = "vendored", doc = "```")]
#[cfg_attr(not(feature = "vendored"), doc = "```no_run")]
/// use mlua::Lua;
///
/// fn main() -> mlua::Result<()> {
///     let lua = Lua::new();
///     // SAFETY: mlua calls the closure protected, and it holds nothing to be dropped.
///     unsafe { lua.exec_raw::<()>((), |L| llthreads2::preload(L))? };
///
///     let sum: i64 = lua
///         .load(
///             r#"
///             local threads = require "llthreads2.ex"
///             local thread = threads.new(function(a, b)
///               local grandchild = require "llthreads2".new("return ... + 1", a)
///               local _, more = grandchild:start():join()
///               return more + b
///             end, 1, 2)
///             return select(2, assert(thread:start():join()))
///             "#,
///         )
///         .eval()?;
///     assert_eq!(sum, 4);
///     Ok(())
/// }
/// ```
///
/// A program that wants one module only, and not by `require`, calls its entry:
///
#[cfg_attr(feature = "vendored", doc = "```")]
#[cfg_attr(not(feature = "vendored"), doc = "```no_run")]
/// # fn main() -> mlua::Result<()> {
/// let lua = mlua::Lua::new();
/// // SAFETY: The entry is what Lua expects of a C function.
/// let open = unsafe { lua.create_c_function(llthreads2::luaopen_llthreads2)? };
/// let llthreads: mlua::Table = open.call("llthreads2")?;
/// lua.globals().set("llthreads", llthreads)?;
/// lua.load("assert(llthreads.new('return require [[llthreads2]]._VERSION'):start():join())").exec()
/// # }
/// ```
///
/// # Safety
/// `L` is a state of the Lua that this crate was built for, the calling thread owns it, and what a Lua error skips
/// has no destructor: call it from a C function, or protected. On Lua 5.1 and LuaJIT that C function's environment is
/// the globals', as it is unless someone changed it.
pub unsafe fn preload(L: *mut lua_State) {
    // SAFETY: The caller's promise.
    unsafe { embed::preload(L, luaopen_llthreads2, luaopen_llthreads) }
}
