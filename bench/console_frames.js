// Runs in the console: notes each frame's time until end() is called.
window.carritoFrames = (() => {
  const frames = [];
  const tasks = [];
  let last = performance.now();
  let going = true;
  const tick = (now) => {
    frames.push(now - last);
    last = now;
    if (going) requestAnimationFrame(tick);
  };
  requestAnimationFrame((now) => {
    last = now;
    requestAnimationFrame(tick);
  });
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
  const kinds = ["longtask", "long-animation-frame"].filter((kind) =>
    PerformanceObserver.supportedEntryTypes.includes(kind),
  );
  for (const type of kinds) observer.observe({ type });
  return {
    end() {
      going = false;
      observer.disconnect();
      const late = tasks.map((task) => ({
        kind: task.entryType,
        ms: task.duration,
        scripts: (task.scripts ?? []).map(
          (one) => `${one.invoker} ${one.sourceFunctionName} ${Math.round(one.duration)}`,
        ),
      }));
      return { frames, late, longest_task: Math.max(0, ...late.map((task) => task.ms)) };
    },
  };
})();
