// The search of a portal's index: it hides what does not hold what was typed.
// Without it everything stands there, for the browser's own search. Where the
// offices stand on several pages, names.json says what the others have.
(function () {
  "use strict";
  var box = document.getElementById("find"), input = document.getElementById("q"), found = document.getElementById("found");
  if (!box || !input || !found) return;
  box.hidden = false;
  var offices = [].slice.call(document.querySelectorAll(".office")), groups = [].slice.call(document.querySelectorAll(".offices"));
  var more = document.getElementById("elsewhere"), address = box.getAttribute("data-names"), root = box.getAttribute("data-root") || "";
  var names = null, asking = false, here = {}, most = 50;
  function fold(s) {
    return (s.normalize ? s.normalize("NFKC") : s).toLowerCase();
  }
  var texts = offices.map(function (o) {
    var group = o.parentNode.parentNode.querySelector("h2"), find = o.getAttribute("data-find") || "";
    here[find.split(" ")[0]] = true;
    return fold(o.textContent + " " + find + " " + (group ? group.textContent : ""));
  });
  function holds(text, asked) {
    return asked.every(function (word) { return text.indexOf(word) >= 0; });
  }
  function elsewhere(asked) {
    var list = asked.length && names ? names.filter(function (o) { return !here[o.row.split("#")[1]] && holds(o.text, asked); }) : [];
    more.textContent = "";
    more.hidden = list.length === 0;
    list.slice(0, most).forEach(function (o) {
      var li = document.createElement("li"), a = document.createElement("a");
      a.href = root + o.row;
      a.textContent = o.name;
      li.appendChild(a);
      more.appendChild(li);
    });
    return list.length;
  }
  function ask() {
    if (asking || !address || !window.fetch) return;
    asking = true;
    fetch(address).then(function (r) {
      if (!r.ok) throw new Error(r.status);
      return r.json();
    }).then(function (list) {
      list.forEach(function (o) { o.text = fold(o.name + " " + o.find); });
      names = list;
      search();
    }).catch(function () { /* this page alone is searched, and says so */ });
  }
  function search() {
    var asked = fold(input.value).split(/\s+/).filter(Boolean), n = 0, others = 0;
    offices.forEach(function (o, i) {
      o.hidden = !holds(texts[i], asked);
      if (!o.hidden) n++;
    });
    groups.forEach(function (g) { g.hidden = !g.querySelector(".office:not([hidden])"); });
    if (address && more) {
      if (asked.length) ask();
      others = elsewhere(asked);
    }
    var all = n + others, where = address && !names ? "本页" : "";
    found.textContent = asked.length === 0 ? "" : all === 0 ? where + "没有找到" + (where ? "，还有别的页" : "") :
      where + "找到 " + all + " 个单位" + (others ? "，其中 " + others + " 个在别的页" + (others > most ? "（列出前 " + most + " 个）" : "") : "");
  }
  input.addEventListener("input", search);
  box.addEventListener("submit", function (e) { e.preventDefault(); search(); });
  search();
})();
