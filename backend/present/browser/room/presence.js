// What this page says of its person: watching, typing or away, whom they follow, and the run they look at.
{
  const TYPING_FOR_MS = 4000;
  const SAYS_TYPING_EVERY_MS = 2500;
  const COMPOSER = '#ph-composer textarea, .st-key-ph-composer textarea';
  let typed = -Infinity, said = '', saidAt = -Infinity;

  const doing = () => {
    if (document.hidden) return 'away';
    return performance.now() - typed < TYPING_FOR_MS ? 'typing' : 'watching';
  };

  const sayPresence = (again) => {
    if (!room.open) return;
    const fields = {activity: doing()};
    if (tab.follows && room.shown) fields.follows = room.shown.by.participant;
    const run = pageRun();
    if (run) fields.run = run;
    const text = JSON.stringify(fields);
    if (text === said && !again) return;
    [said, saidAt] = [text, performance.now()];
    sendToRoom('presence', fields);
  };

  document.addEventListener('input', (event) => {
    if (!event.isTrusted || !event.target.matches?.(COMPOSER)) return;
    const again = performance.now() - typed > SAYS_TYPING_EVERY_MS;
    typed = event.target.value ? performance.now() : -Infinity;
    sayPresence(again && event.target.value);
  });
  document.addEventListener('visibilitychange', () => sayPresence(false));
  onRoomChange((what) => {
    if (what === 'open') said = '';
    if (what === 'open' || what === 'beat' || what === 'following') sayPresence(what !== 'following');
  });
  setInterval(() => sayPresence(performance.now() - saidAt > SAYS_EVERY_MS), 1000);
}
