//! A child whose code is a closure, and what its state points to.

use crate::interrupt::{Target, interrupted};
use crate::message::Strings;
use crate::os::step;
use crate::shim::lua_State;
use loom::cell::UnsafeCell;
use std::cell::OnceCell;
use std::convert::Infallible;
use std::ffi::CStr;
use std::sync::Arc;

pub struct Context {
    pub target: Target,
    /// Only the thread that runs the child looks at it.
    ending: UnsafeCell<()>,
    state: OnceCell<Arc<lua_State>>,
}

// SAFETY: `target` is made for any thread, loom sees to who is at `ending`, and `state` is set before all.
unsafe impl Sync for Context {}

impl Context {
    pub fn new(interrupted: &'static CStr) -> Self {
        Context { target: Target::new(interrupted), ending: UnsafeCell::new(()), state: OnceCell::new() }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.ending.with_mut(|_| ());
        if let Some(state) = self.state.get() {
            assert_ne!(state.closes(), 0, "what the state points to goes before it");
        }
    }
}

type Code = Box<dyn FnOnce(&lua_State) + Send>;

pub struct Child {
    state: Arc<lua_State>,
    code: Option<Code>,
    /// The code has closed the state.
    exited: bool,
}

impl Child {
    pub fn new(state: &Arc<lua_State>, context: &Context, code: impl FnOnce(&lua_State) + Send + 'static) -> Self {
        context.state.set(state.clone()).unwrap_or_else(|_| unreachable!());
        // SAFETY: Nothing raises here; that the context stays where it is and lives long enough is to be found out.
        unsafe { context.target.attach(state.address()) };
        Child { state: state.clone(), code: Some(Box::new(code)), exited: false }
    }

    pub fn state(&self) -> *mut lua_State {
        self.state.address()
    }

    pub fn open_libraries(&mut self) -> Result<(), Infallible> {
        step();
        self.state.touch();
        assert!(!self.state.has_hook(), "interrupted while the libraries are opened");
        Ok(())
    }

    pub fn run(
        &mut self,
        context: &Context,
        Ok(()): Result<(), Infallible>,
        strings: Option<Strings>,
        returned: impl FnOnce(),
    ) -> Outcome {
        let state = self.state.clone();
        self.code.take().expect("it runs once")(&state);
        self.exited = state.closes() != 0;
        returned();
        context.ending.with_mut(|_| ());
        state.done.set(true);
        step();
        if !self.exited {
            assert!(!state.has_hook(), "the hook is left behind");
            assert!(!state.call(interrupted), "a request is left behind");
        }
        Outcome { results: strings, state }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.exited {
            self.state.close();
        }
    }
}

/// The results. If they are borrowed, they are in the state.
pub struct Outcome {
    results: Option<Strings>,
    state: Arc<lua_State>,
}

impl Outcome {
    pub fn read(&self) -> Option<Strings> {
        if self.results == Some(Strings::Borrow) {
            self.state.touch();
        }
        self.results
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        self.read();
    }
}
