// What a screen reader is told: changes of the state and headlines, never ticks.

const pause = 1000; // ms between two things said, so that the first is not cut off by the second
const mostWaiting = 3;

/** createAnnouncer gives a function that says a text through a live region. What comes too fast is only counted. */
export function createAnnouncer(region) {
  let waiting = [];
  let skipped = 0;
  let busy = false;

  const next = () => {
    busy = waiting.length > 0;
    if (!busy) return;
    const more = skipped > 0 ? [`and ${skipped} more`] : [];
    region.textContent = [...waiting, ...more].join('. ');
    waiting = [];
    skipped = 0;
    setTimeout(next, pause);
  };

  return (text) => {
    if (waiting.length < mostWaiting) waiting.push(text);
    else skipped++;
    if (!busy) queueMicrotask(next);
    busy = true;
  };
}
