// What screen readers are told: state changes and headlines, never ticks.

const pause = 1000; // ms between two announcements, so that the second does not cut off the first
const maxQueued = 3;

/** createAnnouncer returns a function that announces a text in a live region. Of headlines, those over maxQueued are only counted. */
export function createAnnouncer(region) {
  let queue = [];
  let skipped = 0;
  let busy = false;

  const next = () => {
    busy = queue.length > 0;
    if (!busy) return;
    const more = skipped > 0 ? [`and ${skipped} more`] : [];
    region.textContent = [...queue, ...more].join('. ');
    queue = [];
    skipped = 0;
    setTimeout(next, pause);
  };

  return (text, isHeadline = false) => {
    if (!isHeadline || queue.length < maxQueued) queue.push(text);
    else skipped++;
    if (!busy) queueMicrotask(next);
    busy = true;
  };
}
