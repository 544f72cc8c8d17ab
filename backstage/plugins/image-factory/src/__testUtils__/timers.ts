import { act } from '@testing-library/react';

/** Makes the tests of a file decide how time passes. What msw and Node's streams need goes on as usual. */
export function timeByHand() {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}

/** Lets time pass, in milliseconds. */
export async function pass(milliseconds: number) {
  await act(async () => {
    await jest.advanceTimersByTimeAsync(milliseconds);
  });
}

/** What a check returns as soon as it does not throw; at most two seconds pass. */
export async function soon<T>(check: () => T): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      return check();
    } catch {
      await pass(20);
    }
  }
  return check();
}
