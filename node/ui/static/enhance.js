/* What makes the pages easier for who has scripts. All of it works without.
   Parts: who reads, what was typed, sending, later, lists, photo, letters left, without a line. */
(function () {
  'use strict';
  var doc = document, root = doc.documentElement, say = doc.currentScript && doc.currentScript.dataset;
  var me = root.getAttribute('data-reader'), WEEK = 7 * 864e5, pressed = null, loaded = Date.now();
  if (!say || !window.fetch || !window.DOMParser || !root.dataset) return;

  function each(where, which, work) { Array.prototype.forEach.call(where.querySelectorAll(which), work); }
  function main() { return doc.getElementById('content'); }
  function make(tag, look, text) {
    var one = doc.createElement(tag);
    one.className = look;
    if (text) one.textContent = text;
    return one;
  }
  /* What this browser keeps: {at, ...} by name. */
  function read(name) {
    try { return JSON.parse(localStorage.getItem('bk-' + name)); } catch (error) { return null; }
  }
  function write(name, what) {
    try {
      if (what) localStorage.setItem('bk-' + name, JSON.stringify(what));
      else localStorage.removeItem('bk-' + name);
    } catch (error) { /* full, or not allowed: it works without */ }
  }
  function names(start) {
    try {
      return Object.keys(localStorage).filter(function (name) { return name.indexOf('bk-' + start) === 0; })
        .map(function (name) { return name.slice(3); });
    } catch (error) { return []; }
  }

  /* Who reads: what belongs to another goes, before anything else. */
  function forget() {
    names('').forEach(function (name) { write(name); });
    if (window.caches) {
      caches.keys().then(function (all) {
        all.forEach(function (name) { if (name.indexOf('bk-pages-') === 0 && name !== 'bk-pages-' + me) caches.delete(name); });
      }, function () {});
    }
  }
  if (me && (read('me') || {}).is !== me) {
    forget();
    write('me', {is: me});
  }
  var known = me && me !== '-';
  names('typed ').concat(names('later ')).forEach(function (name) {
    if (Date.now() - (read(name) || {at: 0}).at > WEEK) write(name);
  });

  /* A message of the page. */
  function tell(where, look, words, role) {
    var note = make('div', 'note ' + look), text = make('p', '', words[0]);
    note.setAttribute('role', role || 'status');
    if (words[1]) text.appendChild(doc.createTextNode(' ' + words[1]));
    note.appendChild(make('div', '')).appendChild(text);
    where.insertBefore(note, where.firstChild);
    return note.firstChild;
  }
  function top() { return main().querySelector('.page') || main(); }

  /* What was typed: kept while it is not sent. */
  function path(form) { return form.getAttribute('action'); }
  function fields(form, work) {
    each(form, 'textarea, input:not([type]), input[type=text]', function (one) { if (one.name) work(one); });
  }
  function typed(form) {
    var was = read('typed ' + path(form)) || {texts: {}}, some = false;
    fields(form, function (one) {
      some = some || one.value !== one.defaultValue;
      was.texts[one.name] = one.value;
    });
    was.at = Date.now();
    if (some) write('typed ' + path(form), was);
  }
  function again(form) {
    var was = read('typed ' + path(form)), back = false;
    if (was) {
      fields(form, function (one) {
        if (!one.value && was.texts[one.name]) { one.value = was.texts[one.name]; back = true; }
      });
    }
    if (read('later ' + path(form))) waits(form);
    else if (back) tell(form, '', [say.back]);
  }

  /* Sending without leaving the page. */
  function body(form) {
    var pairs = [];
    function add(one) {
      pairs.push(encodeURIComponent(one.name) + '=' + encodeURIComponent(one.value.replace(/\r?\n/g, '\r\n')));
    }
    Array.prototype.forEach.call(form.elements, function (one) {
      var button = /^(submit|button|reset|image|file)$/.test(one.type) || one.tagName === 'FIELDSET';
      var off = one.disabled || (/^(radio|checkbox)$/.test(one.type) && !one.checked);
      if (one.name && !button && !off) add(one);
    });
    if (pressed && pressed.form === form && pressed.name) add(pressed);
    return pairs.join('&');
  }
  function post(action, what) {
    return fetch(action, {method: 'POST', credentials: 'same-origin', body: what,
      headers: {'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html', 'Buurtknoop-Reader': me}});
  }
  var here = address();
  function address() { return location.pathname + location.search; }
  function another(answer) {
    var reader = (answer.headers.get('Buurtknoop-Reader') || '').split(' ')[0];
    return reader && reader !== me;
  }
  /* As without a script: the session ended, and the node says so, with all that was typed. */
  function plainly(form) {
    var one = make('input', '');
    if (pressed && pressed.form === form && pressed.name) {
      one.type = 'hidden';
      one.name = pressed.name;
      one.value = pressed.value;
      form.appendChild(one);
    }
    HTMLFormElement.prototype.submit.call(form);
  }
  function show(answer) {
    return answer.text().then(function (text) {
      var page = new DOMParser().parseFromString(text, 'text/html'), fresh = page.getElementById('content');
      if (!fresh || page.documentElement.getAttribute('data-reader') !== me) return location.assign(answer.url);
      main().parentNode.replaceChild(doc.importNode(fresh, true), main());
      doc.title = page.title;
      if (answer.redirected) {
        history[answer.url.split('#')[0] === location.href.split('#')[0] ? 'replaceState' : 'pushState'](null, '', answer.url);
        here = address();
      }
      ready(main());
      var at = main().querySelector('[role=alert], [role=status]') || doc.getElementById(location.hash.slice(1)) || main();
      if (!at.hasAttribute('tabindex')) at.setAttribute('tabindex', '-1');
      at.focus();
      at.scrollIntoView({block: 'center'});
    });
  }
  doc.addEventListener('click', function (event) {
    pressed = event.target.closest && event.target.closest('button, input[type=submit]');
    var link = event.target.closest && event.target.closest('a[rel=next]');
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) more(link, event);
  });
  doc.addEventListener('submit', function (event) {
    var form = event.target, way = form.getAttribute('data-keep'), what;
    if (path(form) === '/signout') { me = '-'; forget(); }
    if (!way || !known || event.defaultPrevented || (pressed && pressed.name === 'speak')) return;
    if (way !== 'send' && (!pressed || pressed.value !== way)) way = 'step';
    typed(form);
    if (way === 'step' && navigator.onLine !== false) return;
    event.preventDefault();
    if (form.bk) return;
    if (way === 'step') return tell(form, 'bad', [say.kept, say.again], 'alert');
    form.bk = true;
    what = body(form);
    post(form.action, what).then(function (answer) {
      form.bk = false;
      if (answer.status >= 500) return keep(form, what);
      if (another(answer)) return plainly(form);
      if (answer.ok) { write('typed ' + path(form)); write('later ' + path(form)); }
      return show(answer);
    }, function () {
      form.bk = false;
      keep(form, what);
    });
  });
  window.addEventListener('popstate', function () { if (address() !== here) location.replace(address()); });

  /* Later: what could not be sent goes by itself when there is a line again. */
  function keep(form, what) {
    write('later ' + path(form), {at: Date.now(), what: what, from: location.pathname});
    waits(form);
  }
  function waits(form) {
    var drop = make('button', 'btn line', say.drop), note;
    each(form, '.note', function (one) { if (one.bk) one.parentNode.removeChild(one); });
    note = tell(form, 'bad', [say.kept, say.later], 'alert');
    note.parentNode.bk = true;
    drop.type = 'button';
    drop.addEventListener('click', function () {
      write('later ' + path(form));
      note.parentNode.parentNode.removeChild(note.parentNode);
    });
    note.appendChild(drop);
  }
  function later() {
    if (!known || navigator.onLine === false) return;
    names('later ').forEach(function (name) {
      var one = read(name), action = name.slice(6);
      if (!one || Date.now() - (one.tried || 0) < 20000) return;
      one.tried = Date.now();
      write(name, one);
      post(action, one.what).then(function (answer) {
        if (answer.status >= 500) return;
        if (another(answer)) return location.reload();
        write(name);
        if (answer.ok) write('typed ' + action);
        var note = tell(top(), answer.ok ? 'good' : 'bad', [answer.ok ? say.sent : say.failed]);
        var link = make('a', '', say.look);
        link.href = answer.ok ? answer.url : one.from;
        note.appendChild(make('p', '')).appendChild(link);
        each(doc, 'form .note', function (old) { if (old.bk) old.parentNode.removeChild(old); });
        if (answer.ok) each(doc, 'form[data-keep]', function (form) { if (path(form) === action) form.reset(); });
      }, function () {});
    });
  }
  window.addEventListener('online', later);
  setInterval(function () { if (!doc.hidden) later(); }, 30000);

  /* Lists: older posts below, and a word when there is something new. */
  function page(url) {
    return fetch(url, {credentials: 'same-origin', headers: {Accept: 'text/html'}}).then(function (answer) {
      if (!answer.ok) throw answer;
      return answer.text();
    }).then(function (text) { return new DOMParser().parseFromString(text, 'text/html'); });
  }
  function more(link, event) {
    var here = main().querySelector('ul.cards'), nav = link.closest('nav');
    if (!here || !nav) return;
    event.preventDefault();
    if (link.bk) return;
    link.bk = true;
    page(link.href).then(function (next) {
      var first, there = next.querySelector('main ul.cards'), further = next.querySelector('main a[rel=next]');
      each(there, 'ul.cards > li', function (one) {
        var put = here.appendChild(doc.importNode(one, true));
        first = first || put.querySelector('a');
      });
      if (further) { link.href = further.href; link.bk = false; } else nav.parentNode.removeChild(nav);
      if (first) first.focus();
    }).catch(function () { location.assign(link.href); });
  }
  function cards(where) {
    var found = {};
    each(where, '.cards .card a[href], .dates a[href]', function (one) { found[one.getAttribute('href')] = 1; });
    return found;
  }
  function look() {
    var slow = navigator.connection && navigator.connection.saveData;
    if (doc.hidden || slow || !main().querySelector('.cards') || Date.now() - loaded < 12e4) return;
    loaded = Date.now();
    page(location.href).then(function (next) {
      var now = cards(main()), there = next.getElementById('content'), button;
      var fresh = there && Object.keys(cards(there)).some(function (one) { return !now[one]; });
      if (!fresh || main().querySelector('.bk-new') || next.documentElement.getAttribute('data-reader') !== me) return;
      button = make('button', 'btn line bk-new', say.fresh);
      button.addEventListener('click', function () { location.reload(); });
      top().insertBefore(button, top().firstChild);
    }).catch(function () {});
  }
  doc.addEventListener('visibilitychange', look);
  setInterval(look, 6e4);

  /* A photo, small and upright. */
  doc.addEventListener('change', function (event) {
    var field = event.target, file = field.accept && field.files[0];
    if (!file || file.type !== 'image/jpeg' || !window.createImageBitmap) return;
    createImageBitmap(file, {imageOrientation: 'from-image'}).then(function (image) {
      var one = make('canvas', ''), by = 1600 / Math.max(1600, image.width, image.height);
      one.width = image.width * by;
      one.height = image.height * by;
      one.getContext('2d').drawImage(image, 0, 0, one.width, one.height);
      one.toBlob(function (made) {
        var put = new DataTransfer();
        put.items.add(new File([made], 'photo.jpg', made));
        if (file === field.files[0]) field.files = put.files;
      }, file.type);
    }).catch(function () {});
  });

  /* Letters left, and all else that a page wants once it stands there. */
  function left(one) {
    var line = one.bk, room = one.maxLength - one.value.length;
    if (!line && room > one.maxLength / 5) return;
    if (!line) {
      line = one.bk = make('p', 'small soft');
      line.setAttribute('aria-live', 'polite');
      one.parentNode.insertBefore(line, one.nextSibling);
    }
    line.textContent = room > one.maxLength / 5 ? '' : say.left.replace('{n}', room);
  }
  doc.addEventListener('input', function (event) {
    var one = event.target;
    if (one.tagName === 'TEXTAREA' && one.maxLength > 0) left(one);
    if (known && one.form && one.form.hasAttribute('data-keep')) typed(one.form);
  });
  function ready(where) {
    if (known) each(where, 'form[data-keep]', again);
  }

  /* Without a line. */
  function when(time) {
    return new Date(time).toLocaleString(root.lang, {weekday: 'long', hour: '2-digit', minute: '2-digit'});
  }
  function offline(list) {
    caches.keys().then(function (all) {
      return all.filter(function (name) { return name.indexOf('bk-pages-') === 0; })[0];
    }).then(function (name) { return name && caches.open(name); }).then(function (pages) {
      return pages && pages.keys().then(function (keys) {
        keys.reverse().forEach(function (key) {
          var line = list.appendChild(make('li', '')), link = line.appendChild(make('a', ''));
          link.href = key.url;
          pages.match(key).then(function (answer) { return answer.text(); }).then(function (text) {
            link.textContent = new DOMParser().parseFromString(text, 'text/html').title.split(' · ')[0];
          });
        });
        if (keys.length) list.parentNode.hidden = false;
      });
    }).catch(function () {});
  }
  if (root.hasAttribute('data-seen') && main()) {
    if (doc.getElementById('kept')) offline(doc.getElementById('kept'));
    else tell(top(), 'warn', [say.old.replace('{when}', when(root.getAttribute('data-seen')))]);
  }
  if (me && navigator.serviceWorker && window.isSecureContext) {
    navigator.serviceWorker.register('/sw.js').then(function () { return navigator.serviceWorker.ready; })
      .then(function (found) {
        if (!navigator.serviceWorker.controller) found.active.postMessage({see: location.href});
      }).catch(function () {});
  }
  ready(doc);
  later();
}());
