// The page shows once its first pass is laid out, and not its parts as they come: the pass has ended, or it follows a run
// and its strip has been sent. A page without a bar is shown after a while: it has a message.
(() => {
  const LONGEST_MS = 4000;
  const began = performance.now();
  let whole = 0;
  const laidOut = () => {
    const main = document.querySelector('.stMain');
    if (!main?.querySelector('.st-key-ph-bar') || main.querySelector('[data-testid="stSkeleton"]')) return false;
    return main.closest('[data-test-script-state="notRunning"]') || main.querySelector('.ph-strip-news');
  };
  const look = () => {
    whole = laidOut() ? whole + 1 : 0;
    if (whole > 1 || performance.now() - began > LONGEST_MS) document.documentElement.classList.add('ph-appeared');
    else requestAnimationFrame(look);
  };
  look();
})();
