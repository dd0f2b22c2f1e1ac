// Opens folded evidence that a link leads to, and lets a pointer, a finger or the keyboard walk the picture.
// The page is whole without this script: marks are links and carry their text as titles.
(() => {
  'use strict';

  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.matches('details')) target.open = true;
    target.scrollIntoView({ block: 'nearest' });
  };
  addEventListener('hashchange', reveal);
  // A link to the place that is already named changes no hash.
  document.addEventListener('click', (event) => {
    if (event.target.closest('a[href^="#"]')) setTimeout(reveal);
  });
  reveal();

  for (const figure of document.querySelectorAll('figure.picture')) {
    // Where the picture is wider than the screen, it shows the failures first and not what was before them.
    const frame = figure.querySelector('.scroll');
    const bursts = [...figure.querySelectorAll('.burst')].map((burst) => burst.getBoundingClientRect());
    const own = bursts.sort((a, b) => b.width - a.width)[0];
    if (own && frame.scrollWidth > frame.clientWidth) {
      const seen = frame.getBoundingClientRect();
      const lead = Math.max((seen.width - own.width) / 2, seen.width / 8);
      frame.scrollLeft += own.left - seen.left - lead;
    }
    const inOrder = (panel) => [...panel.querySelectorAll('a.mark')].sort((a, b) => a.dataset.time.localeCompare(b.dataset.time));
    const marks = [...figure.querySelectorAll('.panel')].flatMap(inOrder);
    const told = figure.querySelector('.told');
    // One stop for the tab key; the arrows walk from there, in order of time.
    const stop = (mark) => marks.forEach((own) => own.setAttribute('tabindex', own === mark ? '0' : '-1'));
    if (marks.length) stop(marks[0]);
    const tell = (mark) => { told.textContent = mark.querySelector('title').textContent; };
    marks.forEach((mark, at) => {
      let shown = false;
      mark.addEventListener('pointerenter', () => tell(mark));
      mark.addEventListener('focus', () => { stop(mark); tell(mark); });
      mark.addEventListener('blur', () => { shown = false; });
      mark.addEventListener('keydown', (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        const to = event.key === 'Home' ? marks[0] : event.key === 'End' ? marks[marks.length - 1] : step && marks[at + step];
        if (to) { event.preventDefault(); to.focus(); } else if (step) { event.preventDefault(); }
      });
      // The first tap of a finger shows the line, the second follows the link.
      mark.addEventListener('click', (event) => {
        if (event.pointerType === 'touch' && !shown) { event.preventDefault(); event.stopPropagation(); tell(mark); shown = true; }
      });
    });
  }

  const folded = [];
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details:not([open])')) { details.open = true; folded.push(details); }
  });
  addEventListener('afterprint', () => { for (const details of folded.splice(0)) details.open = false; });
})();
