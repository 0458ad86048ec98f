import type { Page } from '@playwright/test';

/** A stopwatch within the page: it looks at what the page does for everybody, and changes none of it. All times are milliseconds of the page's own clock. */

export interface Marks {
  /** The file was chosen, its picture was shown, the button was pressed, the probabilities were painted. */
  chosen: number;
  shown: number;
  clicked: number;
  painted: number;
  /** What the worker said, from the click on. */
  decoding: number;
  sharing: number;
  sealing: number;
  sealed: number;
  /** Since when the page's clock counts, in milliseconds since 1970. */
  origin: number;
}

export interface Call {
  began: number;
  ended: number;
}

/** Goes into the page before its own code does. */
function installed(): void {
  const marks: Record<string, number> = { origin: performance.timeOrigin };
  const note = (name: string) => void (marks[name] ??= performance.now());
  Object.assign(window, { primiaMarks: marks });

  document.addEventListener('change', ({ target }) => target instanceof HTMLInputElement && target.type === 'file' && note('chosen'), true);
  document.addEventListener('click', ({ target }) => target instanceof Element && target.closest('button')?.textContent?.includes('Seal and send') === true && note('clicked'), true);

  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }: MessageEvent<{ step?: string; value?: { shares?: unknown } }>) => {
        if (marks.clicked === undefined) return;
        if (data.step !== undefined) note(data.step);
        if (data.value?.shares !== undefined) note('sealed');
      });
    }
  };

  const seen: [string, string][] = [['shown', '[role="img"][aria-label^="The X-ray"]'], ['painted', '[aria-label="Probability of each class"] li']];
  new MutationObserver(() => {
    for (const [name, selector] of seen) {
      if (name in marks || document.querySelector(selector) === null) continue;
      // Painted is what counts: after the frame that follows.
      requestAnimationFrame(() => setTimeout(() => note(name)));
    }
  }).observe(document, { childList: true, subtree: true });
}

export const installClock = (page: Page) => page.addInitScript(installed);

export const readMarks = (page: Page) => page.evaluate(() => (window as unknown as { primiaMarks: Marks }).primiaMarks);

/** The last request of the page to an address with this ending, as the browser timed it. */
export async function callOf(page: Page, ending: string): Promise<Call> {
  const found = await page.evaluate((end) => {
    const all = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const last = all.filter(({ name, initiatorType }) => initiatorType === 'fetch' && name.endsWith(end)).at(-1);
    return last === undefined ? null : { began: last.startTime, ended: last.responseEnd };
  }, ending);
  if (found === null) throw new Error(`the page has asked no ${ending}`);
  return found;
}
