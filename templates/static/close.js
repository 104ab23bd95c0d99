// The sum of what is counted, while it is typed. It knows nothing of what to expect, and the page does without it: the desk counts again.
{
  const form = document.querySelector('form[data-count]');
  const won = (n) => new Intl.NumberFormat('ko-KR').format(n);
  const add = () => {
    let sum = 0, wrong = false;
    for (const el of form.querySelectorAll('[data-piece]')) {
      const text = el.value.trim(), fine = /^\d{0,4}$/.test(text), part = fine ? Number(text) * Number(el.dataset.piece) : NaN;
      document.getElementById(`s${el.dataset.piece}`).textContent = text && fine ? won(part) : '–';
      wrong ||= !fine;
      if (fine) sum += part;
    }
    document.getElementById('sum').textContent = wrong ? '–' : won(sum);
  };
  // What stands in a field is typed over, not typed into.
  const over = (el) => { if (el?.matches?.('[data-piece]')) el.select(); };
  if (form) {
    form.addEventListener('input', add);
    form.addEventListener('focusin', (e) => over(e.target));
    over(document.activeElement);
    add();
  }
}
