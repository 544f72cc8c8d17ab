// htmx puts a part of an answer into the page. An answer without that part (an error, a page to sign in) is shown whole.
"use strict";
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  const answer = new DOMParser().parseFromString(xhr.responseText, "text/html");
  if (answer.getElementById(target.id)) {
    event.detail.shouldSwap = true;
  } else {
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get") location.assign(xhr.responseURL || location.href);
    else location.reload();
  }
});
document.addEventListener("htmx:sendError", () => location.reload());
