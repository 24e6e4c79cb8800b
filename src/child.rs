//! A child's `lua_State`, from its opening to its close. Nothing else closes one.
//!
//! At the base level of the state stand, from the bottom: the message handler, [`finish`] and its argument, the
//! chunk, its arguments. So the thread has just to call twice, and pushes nothing where an error would find no
//! protected call.

use crate::arena;
use crate::interrupt::Target;
use crate::logger;
use crate::message::{self, Message, Stop, Strictness, Strings};
use crate::shim::*;
use crate::traceback;
use std::cell::UnsafeCell;
use std::ffi::CStr;
use std::os::raw::{c_char, c_int, c_void};
use std::ptr::{self, NonNull};

/// What a child's state points to: it lives as long as the state, and does not move.
pub struct Context {
    pub target: Target,
    /// Only the thread that runs the child looks at it.
    ending: UnsafeCell<Ending>,
}

// SAFETY: `target` is made for any thread, `ending` is left alone by all but the one that runs the child.
unsafe impl Sync for Context {}

impl Context {
    pub fn new(interrupted: &'static CStr) -> Self {
        let ending = Ending { status: LUA_OK, strings: None, outcome: Outcome::Lost(Stop::Memory) };
        Context { target: Target::new(interrupted), ending: UnsafeCell::new(ending) }
    }
}

/// What [`finish`] is told, and what it tells.
struct Ending {
    /// Of the chunk's call.
    status: c_int,
    /// How results are taken, if they are.
    strings: Option<Strings>,
    outcome: Outcome,
}

/// What `join` gives.
pub enum Outcome {
    /// The child returned these values.
    Returned(Message),
    /// The child failed: the text, and perhaps the error value.
    Failed(Message),
    /// The child's results could not be taken.
    Lost(Stop),
}

impl Outcome {
    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Outcome::Returned(values) | Outcome::Failed(values) => values.size(),
            Outcome::Lost(_) => 0,
        }
    }
}

/// An open state. Dropping it closes it, with all finalizers that entails.
pub struct Child {
    state: NonNull<lua_State>,
    /// The state's memory: it goes after the state. None if the Lua uses its own allocator only.
    _arena: Option<arena::Owned>,
}

// SAFETY: A state is not bound to a thread; the one owner is the only one to touch it.
unsafe impl Send for Child {}

impl Drop for Child {
    fn drop(&mut self) {
        // SAFETY: The state is open, and nothing runs in it: there is one owner, who is here.
        unsafe { lua_close(self.state.as_ptr()) };
    }
}

/// A step of the making of a child failed: its message is on top of the child's stack.
#[derive(Debug)]
pub struct Failed;

fn step(status: c_int) -> Result<(), Failed> {
    if status == LUA_OK { Ok(()) } else { Err(Failed) }
}

struct Setup<'a> {
    context: &'a Context,
    modules: &'a Message,
}

/// Stack slots for the call that opens the libraries.
const OPENING: c_int = 3;

/// In the registry: names under which the parent knows this module, with their loaders.
pub static MODULES: u8 = 0;

impl Child {
    /// An empty state, or none when there is no memory for it.
    pub fn new() -> Option<Self> {
        let mut arena = arena::Owned::new()?;
        // SAFETY: The arena goes after the state.
        match NonNull::new(unsafe { new_state(arena::allocate, arena.context()) }) {
            Some(state) => {
                arena.opened();
                Some(Child { state, _arena: Some(arena) })
            }
            // SAFETY: No preconditions.
            None => NonNull::new(unsafe { luaL_newstate() }).map(|state| Child { state, _arena: None }),
        }
    }

    /// Makes the state ready for [`load`](Self::load). `modules`: one table, of loaders by name, to be preloaded.
    ///
    /// # Safety
    /// `context` lives as long as the state, and stays where it is.
    pub unsafe fn open(&mut self, context: &Context, modules: &Message) -> Result<(), Failed> {
        let mut setup = Setup { context, modules };
        // SAFETY: A new state has `LUA_MINSTACK` free slots; `setup` outlives the call.
        step(unsafe { protect(self.state.as_ptr(), open, (&raw mut setup).cast(), LUA_MULTRET) })
    }

    /// Opens the libraries, and preloads the modules. That takes longer than all before: it is left to the child's
    /// thread.
    pub fn open_libraries(&mut self) -> Result<(), Failed> {
        // SAFETY: `fill` saw to the `OPENING` slots.
        step(unsafe { protect(self.state.as_ptr(), open_all, ptr::null_mut(), 0) })
    }

    /// Loads the chunk; its name is the code itself.
    ///
    /// # Safety
    /// `code` has `len` bytes and a zero after them.
    pub unsafe fn load(&mut self, code: *const c_char, len: usize) -> Result<(), Failed> {
        // SAFETY: Loading is protected by itself.
        step(unsafe { luaL_loadbuffer(self.state.as_ptr(), code, len, code) })
    }

    /// Puts the chunk's arguments in.
    ///
    /// # Safety
    /// What the message borrows is still there.
    pub unsafe fn fill(&mut self, arguments: &Message) -> Result<(), Failed> {
        let L = self.state.as_ptr();
        // SAFETY: After `open` and `load` four slots are used of `LUA_MINSTACK`.
        step(unsafe { protect(L, fill, ptr::from_ref(arguments).cast_mut().cast(), LUA_MULTRET) })?;
        // SAFETY: The stack is as long as that, since `put` needed more: nothing is allocated, and nothing raised.
        unsafe {
            if lua_checkstack(L, OPENING) == 0 {
                lua_settop(L, 1); // no argument is to be taken for the message
                return Err(Failed);
            }
        }
        Ok(())
    }

    /// The message of a failed step: bytes in the state.
    pub fn message(&self) -> &[u8] {
        let L = self.state.as_ptr();
        // SAFETY: The message stays on the stack as long as nothing runs in the state.
        unsafe { if lua_type(L, -1) == LUA_TSTRING { bytes(L, -1) } else { b"not enough memory" } }
    }

    /// Where interrupts have to go.
    pub fn state(&self) -> *mut lua_State {
        self.state.as_ptr()
    }

    /// Runs the chunk, in the thread that this is called in, and takes its results if `strings` says how. If the
    /// libraries could not be `opened`, that is its error.
    /// `returned` is called between the child's own code and what remains: its logger and its results.
    pub fn run(
        &mut self,
        context: &Context,
        opened: Result<(), Failed>,
        strings: Option<Strings>,
        returned: impl FnOnce(),
    ) -> Outcome {
        const HANDLER: c_int = 1;
        const FINISH: c_int = 2;
        const CHUNK: c_int = 4;
        let L = self.state.as_ptr();
        // SAFETY: The stack is as the module's doc says; `ending` is this thread's alone while the child runs.
        unsafe {
            let status = match opened {
                Ok(()) => lua_pcall(L, lua_gettop(L) - CHUNK, LUA_MULTRET, HANDLER),
                Err(Failed) => {
                    lua_replace(L, CHUNK);
                    lua_settop(L, CHUNK);
                    LUA_ERRRUN
                }
            };
            returned();
            let ending = context.ending.get();
            (*ending).status = status;
            (*ending).strings = strings;
            if lua_pcall(L, lua_gettop(L) - FINISH, 0, 0) == LUA_ERRRUN {
                return Outcome::Lost(Stop::Stack); // the one error but those of memory
            }
            std::mem::replace(&mut (*ending).outcome, Outcome::Lost(Stop::Memory))
        }
    }
}

unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: Called by `protect` with a `Setup`; whatever raises is caught there.
    unsafe {
        let setup = &*lua_touserdata(L, 1).cast::<Setup>();
        lua_gc(L, LUA_GCSTOP, 0);
        setup.context.target.attach(L);
        luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); // a chunk with `1LL` makes LuaJIT load `ffi`
        message::put(L, setup.modules);
        lua_rawsetp(L, LUA_REGISTRYINDEX, (&raw const MODULES).cast());
        lua_settop(L, 0);
        lua_gc(L, LUA_GCRESTART, 0);
        lua_pushcfunction(L, traceback::handler);
        lua_pushcfunction(L, finish);
        lua_pushlightuserdata(L, ptr::from_ref(setup.context).cast_mut().cast::<c_void>());
        3
    }
}

unsafe extern "C-unwind" fn open_all(L: *mut lua_State) -> c_int {
    // SAFETY: Called by `protect`; whatever raises is caught there.
    unsafe {
        lua_gc(L, LUA_GCSTOP, 0);
        open_libraries(L);
        learn_functions(L);
        lua_settop(L, 0);
        lua_getglobal(L, c"package".as_ptr());
        lua_getfield(L, 1, c"preload".as_ptr());
        lua_rawgetp(L, LUA_REGISTRYINDEX, (&raw const MODULES).cast());
        lua_pushnil(L);
        while lua_next(L, 3) != 0 {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, 2);
        }
        lua_gc(L, LUA_GCRESTART, 0);
    }
    0
}

unsafe extern "C-unwind" fn fill(L: *mut lua_State) -> c_int {
    // SAFETY: Called by `protect` with a `Message`; whatever raises is caught there.
    unsafe {
        let arguments = &*lua_touserdata(L, 1).cast::<Message>();
        lua_gc(L, LUA_GCSTOP, 0); // all of it stays: nothing to collect
        message::put(L, arguments);
        lua_gc(L, LUA_GCRESTART, 0);
        arguments.len()
    }
}

/// Called with the context and what the chunk's call gave: tells the logger of an error, and takes the results.
unsafe extern "C-unwind" fn finish(L: *mut lua_State) -> c_int {
    const FIRST: c_int = 2;
    // SAFETY: Called by `run`, protected, with the context that `open` left there. Until `take` gives a message,
    // nothing here has a destructor; `take` raises nothing, and nor does what follows.
    unsafe {
        let ending = (*lua_touserdata(L, 1).cast::<Context>()).ending.get();
        message::make_room(L, FIRST, lua_gettop(L), c"too many results");
        if (*ending).status == LUA_OK {
            if let Some(strings) = (*ending).strings {
                (*ending).outcome = match message::take(L, FIRST, lua_gettop(L), Strictness::Describe, strings) {
                    Ok(results) => Outcome::Returned(results),
                    Err(stop) => Outcome::Lost(stop),
                };
            }
            return 0;
        }
        if (*ending).status == LUA_ERRERR {
            traceback::restore_interrupt(L, FIRST);
        }
        if lua_type(L, FIRST) != LUA_TSTRING {
            traceback::describe(L, FIRST);
            lua_replace(L, FIRST);
        }
        logger::report(L, FIRST);
        lua_sethook(L, None, 0, 0); // one that the logger has set could raise
        if let Some(strings) = (*ending).strings {
            lua_settop(L, FIRST);
            lua_pushstring(L, c"Error from child thread: ".as_ptr());
            lua_insert(L, FIRST);
            lua_concat(L, 2);
            let with_value = traceback::push_error_value(L);
            message::make_room(L, FIRST, lua_gettop(L), c"too many results");
            let failed = match with_value.then(|| message::take(L, FIRST, FIRST + 1, Strictness::Refuse, strings)) {
                Some(Ok(failed)) => Ok(failed),
                _ => message::take(L, FIRST, FIRST, Strictness::Refuse, strings),
            };
            (*ending).outcome = match failed {
                Ok(failed) => Outcome::Failed(failed),
                Err(stop) => Outcome::Lost(stop),
            };
        }
    }
    0
}
