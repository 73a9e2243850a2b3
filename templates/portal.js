// The search of a portal's index: it hides what does not hold what was typed.
// Without it everything stands there, for the browser's own search.
(function () {
  "use strict";
  var box = document.getElementById("find"), input = document.getElementById("q"), found = document.getElementById("found");
  if (!box || !input || !found) return;
  box.hidden = false;
  var offices = [].slice.call(document.querySelectorAll(".office")), groups = [].slice.call(document.querySelectorAll(".offices"));
  function fold(s) {
    return (s.normalize ? s.normalize("NFKC") : s).toLowerCase();
  }
  var texts = offices.map(function (o) {
    var group = o.parentNode.parentNode.querySelector("h2");
    return fold(o.textContent + " " + (group ? group.textContent : ""));
  });
  function search() {
    var asked = fold(input.value).split(/\s+/).filter(Boolean), n = 0;
    offices.forEach(function (o, i) {
      o.hidden = !asked.every(function (word) { return texts[i].indexOf(word) >= 0; });
      if (!o.hidden) n++;
    });
    groups.forEach(function (g) { g.hidden = !g.querySelector(".office:not([hidden])"); });
    found.textContent = asked.length === 0 ? "" : n === 0 ? "没有找到" : "找到 " + n + " 个单位";
  }
  input.addEventListener("input", search);
  box.addEventListener("submit", function (e) { e.preventDefault(); search(); });
  search();
})();
