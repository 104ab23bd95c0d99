// Who is likely the same person, beside the fields while they are typed: after a pause in typing name, birth date and
// telephone number go to the desk, and what comes back takes the place of what stood there. Nothing is asked before the name
// and one of the other two are whole; neither fields nor focus are touched; the address holds nothing of it.
{
  const form = document.querySelector('form[data-alike]'), side = document.getElementById('alike');
  const fields = ['name', 'birth', 'phone'].map((name) => form?.elements.namedItem(name));
  const PAUSE = 400;
  let waiting = 0, asked = '', turn = 0;
  const count = (el) => el.value.replace(/[^0-9０-９]/g, '').length;

  const put = (html) => {
    if (side.contains(document.activeElement)) return;                // somebody is about to open one of them
    const fresh = document.createElement('template');
    fresh.innerHTML = html;
    fresh.content.querySelectorAll('[autofocus]').forEach((el) => el.removeAttribute('autofocus'));
    side.replaceChildren(fresh.content);
  };

  const look = () => {
    const [name, birth, phone] = fields;
    const whole = [...name.value.trim()].length >= 2 && (count(birth) >= 6 || count(phone) >= 9);
    const body = new URLSearchParams({ csrf: form.elements.namedItem('csrf').value, member: form.dataset.alike });
    fields.forEach((el) => body.set(el.name, el.value));
    if (!whole || body.toString() === asked) return;
    asked = body.toString();
    const mine = ++turn;
    fetch('/enrol/alike', { method: 'POST', body, redirect: 'manual' })
      .then((answer) => (answer.ok ? answer.text() : null))
      .then((html) => { if (html !== null && mine === turn) put(html); }, () => { asked = ''; });
  };

  const wait = (e) => {
    if (e.isComposing || !fields.includes(e.target)) return;          // a Hangul syllable is still being put together
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  };
  // A field that was refused is typed anew: what is in it gives way to the first key.
  const bad = document.querySelector('main [aria-invalid][autofocus]');
  if (bad?.matches('[type=text]')) bad.setSelectionRange(0, bad.value.length);   // select() would take the focus before autofocus does

  if (side && fields.every(Boolean)) {
    form.addEventListener('input', wait);
    form.addEventListener('compositionend', wait);
  }
}
