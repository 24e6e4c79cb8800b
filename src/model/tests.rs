//! What parent and child may do at once, and what has to hold in whatever order they do it.

use crate::child::Child;
use crate::interrupt::Request::{self, Always, Once};
use crate::interrupt::{interrupted, interruptible};
use crate::lifecycle::{Mode, Refusal};
use crate::message::Strings;
use crate::os::{self, Error, NO_ROOM, REFUSAL, THREADS};
use crate::shim::lua_State;
use crate::sync::Wake::{self, Early, Late};
use crate::sync::{begin, elapsed};
use crate::thread::{Link, NotStarted, Thread};
use crate::{ALL, FEW, explore};
use loom::sync::atomic::AtomicBool;
use loom::sync::mpsc;
use loom::thread;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

const ATTACHED: Mode = Mode { detached: false, joinable: true };
const UNREAD: Mode = Mode { detached: false, joinable: false };
const DETACHED: Mode = Mode { detached: true, joinable: false };
const LOOSE: Mode = Mode { detached: true, joinable: true };
const MODES: [Mode; 4] = [ATTACHED, UNREAD, DETACHED, LOOSE];

const MS: Duration = Duration::from_millis(1);

/// A thread with its child's state, not started.
fn new(code: impl FnOnce(&lua_State) + Send + 'static) -> (Arc<lua_State>, Thread) {
    let state = Arc::new(lua_State::new());
    let link = Link::new(lua_State::TEXT).expect("no memory");
    link.keep(Child::new(&state, &link.context, code));
    (state, Thread::new(link))
}

fn start(thread: &mut Thread, state: &lua_State, mode: Mode) {
    state.child_closes.set(mode.child_closes());
    assert!(thread.start(mode).is_ok());
    assert_eq!(thread.life().mode(), Some(mode));
}

fn started(mode: Mode, code: impl FnOnce(&lua_State) + Send + 'static) -> (Arc<lua_State>, Thread) {
    let (state, mut thread) = new(code);
    start(&mut thread, &state, mode);
    (state, thread)
}

fn interrupt(thread: &Thread, request: Request) {
    thread.interrupt(request);
    os::deliver();
}

/// Code that takes its time, and is not interrupted.
fn work(state: &lua_State) {
    assert!(!state.run());
}

/// Joins a thread that has ended, and reads what is left of it.
fn take(thread: &mut Thread, state: &lua_State) {
    let mode = thread.life().mode().expect("it was started");
    assert_eq!(thread.alive(), Ok(false));
    assert_eq!(state.closes(), usize::from(mode.child_closes()), "closes by the end");
    assert!(thread.wait(Some(Duration::ZERO)), "it has ended, but not for a join without waiting");
    let ended = thread.take().expect("nothing is left of the child");
    assert_eq!(THREADS.get(), 0, "its thread is still there");
    let results = ended.outcome.read();
    assert_eq!(results.is_some(), mode.joinable, "results");
    assert_eq!(results == Some(Strings::Borrow), mode == ATTACHED, "results are borrowed");
}

#[test]
fn join_against_end() {
    explore(ALL, [ATTACHED, UNREAD, LOOSE], |mode| {
        let (state, mut thread) = started(mode, work);
        assert!(thread.wait(None));
        take(&mut thread, &state);
        assert_eq!(thread.alive().map_err(Refusal::text), Err("Can't join a thread that has already been joined."));
    });
}

#[test]
fn a_join_that_can_not_deliver_is_made_again() {
    explore(ALL, [ATTACHED, LOOSE], |mode| {
        let (state, mut thread) = started(mode, work);
        assert!(thread.wait(None));
        let ended = thread.take();
        thread.put_back(ended);
        take(&mut thread, &state);
    });
}

#[test]
fn alive_against_end() {
    explore(ALL, [ATTACHED, UNREAD, LOOSE], |mode| {
        let (state, mut thread) = started(mode, work);
        if thread.alive() == Ok(true) {
            assert!(thread.wait(None));
        }
        take(&mut thread, &state);
    });
}

#[test]
fn time_out_of_a_join_with_a_child_that_goes_on() {
    explore(ALL, [&[Late] as &[Wake], &[Early, Late]], |wakes| {
        let (end, ending) = mpsc::channel();
        let (state, mut thread) = started(ATTACHED, move |_| ending.recv().unwrap());
        begin(wakes);
        assert!(!thread.wait(Some(MS)));
        assert_eq!(elapsed(), MS);
        end.send(()).unwrap();
        assert!(thread.wait(None));
        take(&mut thread, &state);
    });
}

#[test]
fn waking_without_a_cause_is_no_end_and_no_time_out() {
    explore(ALL, [None, Some(MS)], |limit| {
        let (state, mut thread) = started(ATTACHED, work);
        begin(&[Early, Early]);
        assert!(thread.wait(limit), "a time-out before its time");
        take(&mut thread, &state);
    });
}

#[test]
fn time_out_against_end() {
    explore(ALL, [ATTACHED, UNREAD, LOOSE], |mode| {
        let (state, mut thread) = started(mode, work);
        begin(&[Late]);
        if !thread.wait(Some(MS)) {
            assert_eq!(elapsed(), MS);
            assert!(thread.wait(None));
        }
        take(&mut thread, &state);
    });
}

#[test]
fn time_out_then_collection_against_end() {
    explore(ALL, [ATTACHED, UNREAD, LOOSE], |mode| {
        let (_state, mut thread) = started(mode, work);
        begin(&[Late]);
        thread.wait(Some(MS));
    });
}

#[test]
fn collection_against_end() {
    explore(ALL, MODES, |mode| {
        let (state, thread) = started(mode, work);
        drop(thread);
        if !mode.detached {
            assert_eq!(state.closes(), 1, "collection did not wait");
            assert_eq!(THREADS.get(), 0, "its thread is still there");
        }
    });
}

/// As a call does that still looks at the thread when a finalizer collects it.
#[test]
fn one_more_owner_against_end() {
    explore(ALL, MODES, |mode| {
        let (_state, thread) = started(mode, work);
        let link = thread.link();
        drop(thread);
        link.context.target.request(Request::None);
    });
}

#[test]
fn collection_of_what_was_not_started() {
    explore(ALL, [false, true], |refused| {
        let (_state, mut thread) = new(|_| unreachable!());
        thread.interrupt(Once);
        if refused {
            REFUSAL.set(Some(11));
            assert!(matches!(thread.start(DETACHED), Err(NotStarted::Os(Error(11)))));
        }
    });
}

#[test]
fn a_start_after_one_that_was_refused() {
    explore(ALL, MODES, |mode| {
        let (state, mut thread) = new(work);
        REFUSAL.set(Some(11));
        assert!(thread.start(Mode { detached: !mode.detached, joinable: !mode.joinable }).is_err());
        start(&mut thread, &state, mode);
        assert!(matches!(thread.start(mode), Err(NotStarted::Refused(Refusal::AlreadyStarted))));
    });
}

#[test]
fn interrupt_against_end() {
    explore(ALL, MODES.map(|mode| [(mode, Once), (mode, Always)]).concat(), |(mode, request)| {
        let (_state, thread) = started(mode, |state| _ = state.run());
        interrupt(&thread, request);
    });
}

#[test]
fn two_interrupts_against_end() {
    explore(FEW, [(Once, Thread::interrupt as fn(&Thread, Request)), (Always, interrupt)], |(request, first)| {
        let (_state, thread) = started(ATTACHED, |state| _ = state.run());
        first(&thread, request);
        interrupt(&thread, request);
    });
}

#[test]
fn interrupt_against_a_child_that_closes_its_state() {
    explore(ALL, [Once, Always], |request| {
        let (_state, thread) = started(DETACHED, |state| {
            state.run();
            state.close();
        });
        interrupt(&thread, request);
    });
}

#[test]
fn an_interrupt_reaches_a_child_that_runs_until_then() {
    explore(ALL, [Once, Always], |request| {
        let (state, mut thread) = started(ATTACHED, |state| {
            while !state.run() {
                thread::yield_now();
            }
        });
        interrupt(&thread, request);
        assert!(thread.wait(None));
        take(&mut thread, &state);
    });
}

#[test]
fn where_no_thread_can_be_struck_a_child_is_interrupted_if_it_asks_or_polls() {
    explore(ALL, [false, true], |polls| {
        let code = move |state: &lua_State| {
            if polls {
                state.call(interruptible);
            }
            while !(if polls { state.run() } else { state.call(interrupted) }) {
                thread::yield_now();
            }
            assert!(!state.call(interrupted), "pending, though it was taken back");
        };
        NO_ROOM.set(true);
        let (state, mut thread) = started(ATTACHED, code);
        interrupt(&thread, Once);
        assert!(thread.wait(None));
        take(&mut thread, &state);
    });
}

/// With the start before, between or after them. When both have been made the child does what the last one says, and
/// nothing is left pending with the hook gone.
#[test]
fn the_last_of_two_requests_counts() {
    const REQUESTS: [Request; 3] = [Request::None, Once, Always];
    let pairs = REQUESTS.into_iter().flat_map(|first| REQUESTS.map(|last| (first, last)));
    let cases = pairs.flat_map(|pair| [0, 1, 2].map(|turn| [false, true].map(|polls| (pair, turn, polls)))).flatten();
    explore(FEW, cases, |((first, last), turn, polls)| {
        let over = Arc::new(AtomicBool::new(false));
        let code = {
            let over = over.clone();
            move |state: &lua_State| {
                if polls {
                    state.call(interruptible);
                }
                let mut raised = false;
                while !over.load(SeqCst) {
                    raised |= state.run();
                    thread::yield_now();
                }
                let raises = state.run();
                match last {
                    Request::None => assert!(!raises, "raises what was taken back"),
                    Once => assert!((raised || raises) && !state.run(), "raises never, or twice"),
                    Always => assert!(raises && state.run(), "does not raise any more"),
                }
                let pending = state.call(interrupted);
                assert_eq!(pending, last == Always, "pending");
                assert_eq!(state.has_hook(), polls || pending, "there is a hook");
            }
        };
        let (state, mut thread) = new(code);
        for (now, request) in [Some(first), Some(last), None].into_iter().enumerate() {
            if now == turn {
                start(&mut thread, &state, ATTACHED);
            }
            request.into_iter().for_each(|request| interrupt(&thread, request));
        }
        over.store(true, SeqCst);
        assert!(thread.wait(None));
        take(&mut thread, &state);
    });
}
