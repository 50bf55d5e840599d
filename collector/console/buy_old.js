// For browsers without modules (before 2018), in their own language: the form may say where one is.
// The rest of it goes without a script.
(function () {
  "use strict";
  var form = document.querySelector("form");
  var where = form.querySelector(".where");
  var button = document.createElement("button");
  var said = document.createElement("span");

  function found(position) {
    form.elements.lat.value = position.coords.latitude.toFixed(6);
    form.elements.lon.value = position.coords.longitude.toFixed(6);
    said.textContent = " \u2713 " + Math.round(position.coords.accuracy) + " m";
  }

  function lost() {
    said.textContent = " \u2717";
  }

  if (!navigator.geolocation) return;
  button.type = "button";
  button.textContent = form.getAttribute("data-where");
  button.onclick = function () {
    said.textContent = " \u2026";
    navigator.geolocation.getCurrentPosition(found, lost, { timeout: 15000 });
  };
  where.appendChild(button);
  where.appendChild(said);
})();
