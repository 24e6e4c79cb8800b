//! `join`: the wait for a child, and what it has left.

use super::*;
use crate::child::Outcome;
use crate::thread::Ended;
use std::time::Duration;

/// `join`'s limit, the argument at 2: milliseconds, with a fraction; none if it is left out, negative or infinite.
unsafe fn limit(L: *mut lua_State) -> Option<Duration> {
    // SAFETY: Raising is allowed.
    let ms = unsafe {
        let ms = luaL_optnumber(L, 2, -1.0);
        luaL_argcheck(L, (!ms.is_nan()).into(), 2, c"number expected, got NaN".as_ptr());
        ms
    };
    // What is too long to say is as good as for ever.
    if ms < 0.0 { None } else { Duration::try_from_secs_f64(ms / 1000.0).ok() }
}

pub unsafe extern "C-unwind" fn join(L: *mut lua_State) -> c_int {
    // SAFETY: A C function called by Lua. `ended` is still empty where its address is pushed, which can raise.
    // `thread` is not used while `deliver` runs, whose collector may call anything.
    unsafe {
        let mode = match thread(L).life().join() {
            Ok(mode) => mode,
            Err(refusal) => return fail(L, refusal.text()),
        };
        let limit = limit(L);
        if !thread(L).wait(limit) {
            return fail(L, "timeout");
        }
        lua_settop(L, 1);
        if !mode.keeps_results() {
            lua_pushboolean(L, 1);
            lua_pushnumber(L, 0.0);
            drop(thread(L).take());
            return 2;
        }
        let slot = slot(L);
        let mut ended: Option<Ended> = None;
        lua_pushcfunction(L, deliver);
        lua_pushlightuserdata(L, (&raw mut ended).cast());
        if hand_over(L, slot, &mut ended) != LUA_OK {
            lua_error(L);
        }
        lua_gettop(L) - 1
    }
}

/// Takes what is left of the child, and calls [`deliver`] with it. Raises nothing.
unsafe fn hand_over(L: *mut lua_State, slot: *mut Slot, ended: &mut Option<Ended>) -> c_int {
    // SAFETY: The slot stays where it is, its userdata being at 1. Each borrow of the thread ends before Lua runs.
    // A finalizer may collect the thread in there: the link keeps what the child's state points to (Rule 4).
    unsafe {
        let mut _link = None;
        if let Some(thread) = &mut (*slot).thread {
            _link = Some(thread.link());
            *ended = thread.take();
        }
        // All of a large result stays: nothing to collect until it is whole.
        const LARGE: usize = 64 * 1024;
        let rests = ended.as_ref().is_some_and(|ended| ended.outcome.size() >= LARGE) && stop_collector(L);
        let status = lua_pcall(L, 1, LUA_MULTRET, 0);
        if rests {
            lua_gc(L, LUA_GCRESTART, 0);
        }
        let ended = ended.take();
        if status == LUA_OK {
            drop(ended); // closes the child's state
        } else if let Some(thread) = &mut (*slot).thread {
            thread.put_back(ended);
        }
        status
    }
}

/// Pushes what `join` gives of an `Option<Ended>`.
unsafe extern "C-unwind" fn deliver(L: *mut lua_State) -> c_int {
    // SAFETY: Called by `hand_over`, protected. The child's state is still there for what the message borrows.
    unsafe {
        let ended = &*lua_touserdata(L, 1).cast::<Option<Ended>>();
        lua_settop(L, 0);
        let outcome = ended.as_ref().map(|ended| &ended.outcome);
        lua_pushboolean(L, matches!(outcome, Some(Outcome::Returned(_))).into());
        match outcome {
            Some(Outcome::Returned(values) | Outcome::Failed(values)) => message::put(L, values),
            Some(Outcome::Lost(Stop::Depth)) => {
                let text = c"Error from child thread: Hit maximum copy depth (%d > %d).";
                lua_pushfstring(L, text.as_ptr(), MAX_DEPTH + 1, MAX_DEPTH);
            }
            Some(Outcome::Lost(Stop::Stack)) => {
                lua_pushstring(L, c"Error from child thread: stack overflow (too many results)".as_ptr());
            }
            Some(Outcome::Lost(_)) | None => {
                lua_pushstring(L, c"Error from child thread: not enough memory".as_ptr());
            }
        }
        lua_gettop(L)
    }
}
