// What else betrays a browser without a screen: it draws by software, and has denied what it was never asked.
(() => {
  const screen = "ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)";
  const own = { 37445: "Google Inc. (Intel)", 37446: screen };
  const wrap = (holder, name, answer) => {
    holder[name] = new Proxy(holder[name], {
      apply: (asked, self, given) => answer(given[0]) || Reflect.apply(asked, self, given),
    });
  };
  for (const kind of [self.WebGLRenderingContext, self.WebGL2RenderingContext]) {
    if (kind) wrap(kind.prototype, "getParameter", (number) => own[number]);
  }
  if (self.Permissions) {
    const state = { state: "prompt", name: "notifications", onchange: null };
    wrap(Permissions.prototype, "query", (asked) => asked && asked.name === "notifications" && Promise.resolve(state));
  }
  const told = self.Notification && Object.getOwnPropertyDescriptor(Notification, "permission");
  if (told) {
    wrap(told, "get", () => "default");
    Object.defineProperty(Notification, "permission", told);
  }
})();
