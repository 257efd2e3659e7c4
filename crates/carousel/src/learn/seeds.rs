//! The seeds of one training, one after another or on several threads. Each seed has
//! its own numbers, so the digits do not depend on the number of threads.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use carousel_data::Dataset;
use carousel_net::engine::Settings;
use carousel_net::train::{Diverged, Epoch, Stopped, Training};

/// What all seeds of a training share.
pub(super) struct Seeds<'a> {
    pub(super) name: &'a str,
    pub(super) epochs: usize,
    pub(super) dataset: &'a Dataset,
    pub(super) settings: Settings,
    pub(super) threads: usize,
    pub(super) interrupt: &'a AtomicBool,
}

/// How each seed ended, in order, as far as they were begun.
type Ends = Vec<Result<Stopped, Diverged>>;

/// Where epochs are shown; `Break` says that nobody looks.
type Watch<'a> = &'a mut dyn FnMut(crate::Epoch) -> ControlFlow<()>;

impl Seeds<'_> {
    /// Trains all seeds; `None` if nobody reads the results any more. After an
    /// interrupt no further seed begins.
    pub(super) fn train(
        &self,
        trainings: &mut [Training],
        watch: Watch<'_>,
    ) -> Option<Ends> {
        let threads = self.threads.min(trainings.len());
        if threads > 1 {
            self.train_together(trainings, threads, watch)
        } else {
            self.train_in_turn(trainings, watch)
        }
    }

    fn train_in_turn(
        &self,
        trainings: &mut [Training],
        watch: Watch<'_>,
    ) -> Option<Ends> {
        let count = trainings.len();
        let mut ends = Vec::new();
        let mut quit = false;
        for (index, training) in trainings.iter_mut().enumerate() {
            let end = self.run(training, &mut |epoch| {
                let flow = watch(self.epoch((index, count), epoch));
                quit |= flow.is_break();
                flow
            });
            if quit {
                return None;
            }
            let stop = matches!(end, Ok(Stopped::Interrupted { .. }));
            ends.push(end);
            if stop {
                break;
            }
        }
        Some(ends)
    }

    /// Threads take the next seed that is not begun; epochs are shown here, since where
    /// results go belongs to this thread.
    fn train_together(
        &self,
        trainings: &mut [Training],
        threads: usize,
        watch: Watch<'_>,
    ) -> Option<Ends> {
        let count = trainings.len();
        let next = AtomicUsize::new(0);
        let quit = AtomicBool::new(false);
        let seats: Vec<_> = trainings.iter_mut().map(|t| Mutex::new((t, None))).collect();
        let (send, receive) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let send = send.clone();
                let (next, quit, seats) = (&next, &quit, &seats);
                scope.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        // The first seed begins in any case: it is the model.
                        let stop = index > 0 && self.interrupt.load(Ordering::Relaxed);
                        let Some(seat) = seats.get(index).filter(|_| !stop) else {
                            break;
                        };
                        let mut seat = seat.lock().expect("no thread panics");
                        let end = self.run(seat.0, &mut |epoch| {
                            // The receiver lives until all threads are done.
                            let _ = send.send((index, *epoch));
                            if quit.load(Ordering::Relaxed) {
                                return ControlFlow::Break(());
                            }
                            ControlFlow::Continue(())
                        });
                        seat.1 = Some(end);
                    }
                });
            }
            drop(send);
            for (index, epoch) in receive {
                if watch(self.epoch((index, count), &epoch)).is_break() {
                    quit.store(true, Ordering::Relaxed);
                }
            }
        });
        if quit.into_inner() {
            return None;
        }
        let ends = seats.into_iter().map(|s| s.into_inner().expect("no thread panics").1);
        Some(ends.map_while(|end| end).collect())
    }

    fn run(
        &self,
        training: &mut Training,
        watch: &mut dyn FnMut(&Epoch) -> ControlFlow<()>,
    ) -> Result<Stopped, Diverged> {
        let (train, validation) = (&self.dataset.train, self.dataset.validation.as_ref());
        training.run(self.epochs, train, validation, self.settings, self.interrupt, watch)
    }

    fn epoch(&self, (index, count): (usize, usize), epoch: &Epoch) -> crate::Epoch {
        crate::Epoch {
            model: self.name.to_owned(),
            seed: (index + 1, count),
            number: epoch.number,
            of: epoch.of,
            loss: epoch.loss,
            validation: epoch.validation,
            steps: epoch.steps,
        }
    }
}
