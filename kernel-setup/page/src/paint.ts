/** Runs what can wait until the reader sees what they asked for: after the next frame. */
export function afterPaint(run: () => void): void {
  requestAnimationFrame(() => {
    requestAnimationFrame(() => { setTimeout(run); });
  });
}
