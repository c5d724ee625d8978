// Written for every browser there is: when the page has not started after four seconds, it says what else to do.
(function () {
  var root = document.documentElement;
  var copy = document.getElementById('copy');
  var address = document.getElementById('address');
  function guard() {
    if (root.getAttribute('data-check') === 'on') { return; }
    document.getElementById('stuck').hidden = false;
  }
  copy.hidden = false;
  copy.onclick = function () {
    address.focus();
    address.select();
    try {
      document.execCommand('copy');
      document.getElementById('copied').textContent = copy.getAttribute('data-done') || '✓';
    } catch (error) { /* It stays selected: one can copy it by hand. */ }
    copy.focus();
  };
  window.setTimeout(guard, 4000);
}());
