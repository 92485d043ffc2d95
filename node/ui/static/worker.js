/* Buurtknoop: what can be read without a line. FILES and VERSION stand above it, as it is served at /sw.js.
   The node says of each page whether it may be kept: only what all neighbours read. Who reads is told from page to
   page; when that is another, or nobody, all that was kept goes. What is sent never passes through here: a form
   that another site sent would look like one of ours. */
'use strict';
var FRAME = 'bk-frame-' + VERSION, PAGES = 'bk-pages-', MOST = 30, AGE = 7 * 864e5;
var AWAY = ['vary', 'content-encoding', 'content-length', 'buurtknoop-reader'];
var last = '';

self.addEventListener('install', function (event) {
  event.waitUntil(caches.open(FRAME).then(function (frame) {
    return frame.addAll(FILES).then(offline);
  }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener('activate', function (event) {
  event.waitUntil(drop(function (name) { return name.indexOf('bk-frame-') === 0 && name !== FRAME; })
    .then(function () { return self.clients.claim(); }));
});

self.addEventListener('message', function (event) {
  if (event.data && event.data.see) event.waitUntil(fetch(event.data.see, {credentials: 'same-origin'}).then(seen, function () {}));
});

self.addEventListener('fetch', function (event) {
  var request = event.request, path = request.url.slice(self.location.origin.length);
  if (request.method !== 'GET' || request.url.indexOf(self.location.origin + '/') !== 0) return;
  if (FILES.indexOf(path) >= 0) {
    event.respondWith(caches.match(path).then(function (file) { return file || fetch(request); }));
  } else if (request.mode === 'navigate') {
    event.respondWith(fetch(request).then(function (answer) {
      event.waitUntil(seen(answer.clone()));
      return answer;
    }, function () { return kept(request.url); }));
  }
});

function drop(which) {
  return caches.keys().then(function (names) {
    return Promise.all(names.filter(which).map(function (name) { return caches.delete(name); }));
  });
}

/* A page that came: keep it, or forget it, and whatever is of another reader. */
function seen(answer) {
  var said = (answer.headers.get('Buurtknoop-Reader') || '').split(' '), name = PAGES + said[0], key = bare(answer.url);
  if (!said[1]) return Promise.resolve();
  return drop(function (other) { return other.indexOf(PAGES) === 0 && other !== name; }).then(function () {
    if (last === said[1]) return;
    last = said[1];
    return offline();
  }).then(function () { return caches.open(name); }).then(function (pages) {
    if (said[2] !== 'keep') return pages.delete(key);
    return answer.text().then(function (text) { return pages.put(key, made(answer, text)); })
      .then(function () { return tidy(pages); });
  }).catch(function () {});
}

/* The same page without the seal of its forms, and with the moment at which it was seen. */
function made(answer, text) {
  var headers = new Headers(), now = new Date().toISOString();
  answer.headers.forEach(function (value, name) { if (AWAY.indexOf(name.toLowerCase()) < 0) headers.set(name, value); });
  headers.set('Seen', now);
  text = text.replace(/name="token" value="[^"]*"/g, 'name="token" value=""').replace('<html ', '<html data-seen="' + now + '" ');
  return new Response(text, {headers: headers});
}

function old(answer) { return Date.now() - Date.parse(answer.headers.get('Seen')) > AGE; }

function tidy(pages) {
  return pages.keys().then(function (keys) {
    return Promise.all(keys.map(function (key, number) {
      return pages.match(key).then(function (answer) {
        if (number < keys.length - MOST || old(answer)) return pages.delete(key);
      });
    }));
  });
}

function kept(url) {
  return caches.keys().then(function (names) {
    var name = names.filter(function (one) { return one.indexOf(PAGES) === 0; })[0];
    return name ? caches.open(name).then(function (pages) { return pages.match(bare(url)); }) : null;
  }).then(function (answer) { return answer && !old(answer) ? answer : caches.match('/offline'); })
    .then(function (answer) { return answer || Response.error(); });
}

function bare(url) { return url.split('#')[0]; }

/* The page for when there is nothing to show, in the language last read. */
function offline() {
  return fetch('/offline', {credentials: 'same-origin'}).then(function (answer) {
    if (!answer.ok) return;
    return answer.text().then(function (text) {
      return caches.open(FRAME).then(function (frame) { return frame.put('/offline', made(answer, text)); });
    });
  });
}
