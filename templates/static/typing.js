// Who types is at work, and what is typed is not lost: real keys and pointers keep the session, at most once in `data-active`
// seconds, and the fields of a form with `data-draft` are kept there while they are typed, before a scan leaves the page and
// whenever it is left. Only a form that was sent or given up is let be.
{
  const every = Number(document.body.dataset.active) * 1000;
  const csrf = document.querySelector('input[name=csrf]')?.value;
  const post = (to, body) => fetch(to, { method: 'POST', body, redirect: 'manual', keepalive: true });
  let noted = performance.now(), noting = 0;
  const note = () => {
    noting = 0;
    noted = performance.now();
    post('/active', new URLSearchParams({ csrf })).catch(() => {});
  };
  const acts = (e) => {
    if (!every || !csrf || noting || !e.isTrusted || e.repeat) return;
    noting = setTimeout(note, Math.max(0, noted + every - performance.now()));
  };
  addEventListener('keydown', acts, true);
  addEventListener('pointerdown', acts, true);

  const form = document.querySelector('form[data-draft]'), PAUSE = 1500;
  let typed = false, pause = 0, kept = null;
  const keep = () => {
    clearTimeout(pause);
    if (!typed) return kept;
    typed = false;
    kept = post(`${form.dataset.draft}/keep`, new URLSearchParams(new FormData(form))).catch(() => { typed = true; });
    return kept;
  };
  if (form) {
    form.addEventListener('input', () => {
      // From the first key on the draft's own address stands for the page: Back and a reload find what was typed.
      const from = form.getAttribute('action'), to = form.dataset.draft;
      if (location.pathname === from && to.startsWith(`${from}/`)) {
        history.replaceState(null, '', to);
        document.querySelectorAll('input[name=from]').forEach((el) => { if (el.value === from) el.value = to; });
      }
      typed = true;
      clearTimeout(pause);
      pause = setTimeout(keep, PAUSE);
    });
    addEventListener('submit', (e) => {
      if (e.defaultPrevented || (e.target !== form && e.target.id !== 'forget')) return;
      clearTimeout(pause);
      typed = false;
    });
    addEventListener('beforeunload', keep);
    window.keepTyped = keep;
  }
}
