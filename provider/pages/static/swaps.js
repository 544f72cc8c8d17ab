// htmx inserts one part of a response into the page. A response without that part (an error, the sign-in page) is shown
// as a whole page.
"use strict";
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  const fresh = new DOMParser().parseFromString(xhr.responseText, "text/html");
  if (fresh.getElementById(target.id)) {
    event.detail.shouldSwap = true;
  } else {
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get") location.assign(xhr.responseURL || location.href);
    else location.reload();
  }
});
document.addEventListener("htmx:sendError", () => location.reload());
