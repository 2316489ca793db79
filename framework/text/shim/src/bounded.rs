//! A bound on the memory, the stack and the time that a chat template may take.
//!
//! The engine counts its own steps, but a value that holds another twice, and that one a third
//! twice, is small in memory and endless as text, and the places where the engine writes values as
//! text are many. So a template works on a thread of its own, whose allocations are counted. One
//! that would pass the budget never returns: failing it would end the process, so the thread is put
//! to sleep for good, with the little it holds, and its caller goes on with an error.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::ptr::null;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, Builder, Thread};
use std::time::{Duration, Instant};

/// More than the fuel of a render pays for in its own texts and lists.
const MOST_BYTES: isize = 128 << 20;
/// Address space, not memory: only what is used is taken. The parser calls itself once for each
/// operator of an expression, and so does whatever frees or compares a value in a value.
const STACK: usize = 512 << 20;
/// A hundred thousand times what a template takes.
const LONGEST: Duration = Duration::from_secs(60);

const RUNNING: u8 = 0;
const DONE: u8 = 1;
const EXHAUSTED: u8 = 2;
const ABANDONED: u8 = 3;

/// Why there is no result.
pub enum Overrun {
    Memory,
    Time,
    NoThread(std::io::Error),
}

impl std::fmt::Display for Overrun {
    fn fmt(&self, output: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Overrun::Memory => write!(
                output,
                "it needs more than {} MiB for one conversation (does it double a value?)",
                MOST_BYTES >> 20
            ),
            Overrun::Time => write!(
                output,
                "it takes longer than {} s for one conversation (does it end?)",
                LONGEST.as_secs()
            ),
            Overrun::NoThread(error) => write!(output, "there is no thread to run it: {error}"),
        }
    }
}

/// One piece of work, as its thread and its caller see it.
struct Call {
    state: AtomicU8,
    caller: Thread,
}

impl Call {
    /// Whether this was the first to end it.
    fn end_as(&self, state: u8) -> bool {
        let ended =
            self.state.compare_exchange(RUNNING, state, Ordering::AcqRel, Ordering::Acquire);
        ended.is_ok()
    }
}

#[derive(Clone, Copy)]
struct Watch {
    left: isize,
    call: *const Call,
}

const UNWATCHED: Watch = Watch { left: 0, call: null() };

thread_local! {
    static WATCH: Cell<Watch> = const { Cell::new(UNWATCHED) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Takes `bytes` from the thread's budget, where it has one; gives back what is negative.
fn count(bytes: isize) {
    // A thread that is ending has no budget any more.
    let _ = WATCH.try_with(|cell| {
        let mut watch = cell.get();
        if watch.call.is_null() {
            return;
        }
        watch.left = watch.left.saturating_sub(bytes);
        cell.set(watch);
        if bytes <= 0 {
            return;
        }
        // SAFETY: `run` keeps the call alive for as long as its thread is watched.
        let call = unsafe { &*watch.call };
        if watch.left < 0 {
            call.end_as(EXHAUSTED);
            call.caller.unpark();
            sleep_for_good();
        }
        if call.state.load(Ordering::Relaxed) == ABANDONED {
            sleep_for_good();
        }
    });
}

fn sleep_for_good() -> ! {
    loop {
        // SAFETY: it only waits for a signal.
        unsafe { libc::pause() };
    }
}

fn signed(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

// SAFETY: all is the system allocator's, to which calls go on as they came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        System.alloc(layout)
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        System.alloc_zeroed(layout)
    }
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(signed(size).saturating_sub(signed(layout.size())));
        System.realloc(block, layout, size)
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-signed(layout.size()));
        System.dealloc(block, layout);
    }
}

/// Runs `work` within the bounds. Its panic is the caller's.
pub fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Overrun> {
    let call = Arc::new(Call { state: AtomicU8::new(RUNNING), caller: thread::current() });
    let slot = Arc::new(Mutex::new(None));
    let (its_call, its_slot) = (call.clone(), slot.clone());
    let worker = Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            WATCH.set(Watch { left: MOST_BYTES, call: Arc::as_ptr(&its_call) });
            let outcome = catch_unwind(AssertUnwindSafe(work));
            WATCH.set(UNWATCHED);
            if let Ok(mut slot) = its_slot.lock() {
                *slot = Some(outcome);
            }
            its_call.end_as(DONE);
            its_call.caller.unpark();
        })
        .map_err(Overrun::NoThread)?;
    wait(&call)?;
    let _ = worker.join();
    let outcome = slot.lock().ok().and_then(|mut slot| slot.take());
    match outcome {
        Some(Ok(result)) => Ok(result),
        Some(Err(panic)) => resume_unwind(panic),
        None => Err(Overrun::Time), // cannot be: the slot is filled before the state says so
    }
}

/// Returns when the work is done or has passed a bound.
fn wait(call: &Call) -> Result<(), Overrun> {
    let start = Instant::now();
    loop {
        match call.state.load(Ordering::Acquire) {
            DONE => return Ok(()),
            EXHAUSTED => return Err(Overrun::Memory),
            _ => {}
        }
        let left = LONGEST.saturating_sub(start.elapsed());
        if !left.is_zero() {
            thread::park_timeout(left);
            continue;
        }
        if call.end_as(ABANDONED) {
            return Err(Overrun::Time);
        }
    }
}
