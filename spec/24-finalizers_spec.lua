-- Finalizers and loggers: code of the user's that runs where nothing else of it does.
local helper = require "spec.helper"

-- What a finalizer may do. Lua 5.3 does not come back from a `collectgarbage` while it closes, with or without threads.
local FINALIZERS = {
  ["raises"] = "error('in the finalizer')",
  ["raises a table"] = "error({})",
  ["yields"] = "coroutine.yield()",
  ["runs collectgarbage"] = "if _VERSION ~= 'Lua 5.3' then collectgarbage() end",
  ["starts a thread and joins it"] = "assert(select(2, llthreads.new('return 7'):start():join()) == 7)",
  ["starts a thread and forgets it"] = "llthreads.new('return 7'):start()",
  ["starts a detached thread"] = "llthreads.new('return 7'):start(true)",
  ["makes a thread and does not start it"] = "llthreads.new('return 7')",
  ["makes more finalizers"] = "on_close(function() on_close(function() end) end)",
  ["sets a hook"] = "debug.sethook(error, 'crl', 1)",
}

for what, body in pairs(FINALIZERS) do
  describe("a finalizer that " .. what, function()
    it("in a child that closes is no crash", function()
      local output, rc = helper.process(([=[
        local body = %q
        for _, mode in ipairs { { false, true }, { false, false }, { true, true }, { true, false } } do
          local done = os.tmpname()
          os.remove(done)
          local thread = llthreads.new(child .. [[
            local done, body = ...
            on_close(function() set(done) end) -- the last to be called
            for i = 1, 3 do on_close(assert((loadstring or load)(body))) end
          ]], done, child .. body):start(mode[1], mode[2])
          thread:join()
          wait(done)
          os.remove(done)
          print(mode[1], mode[2])
        end
        os.exit(0) -- and leaves the state open, with what the finalizers have started
      ]=]):format(body), "exec 2>/dev/null")
      assert.same({ "false\ttrue\nfalse\tfalse\ntrue\ttrue\ntrue\tfalse\n", 0 }, { output, rc })
    end)

    it("in a parent that closes is no crash", function()
      if body:find("start", 1, true) and not body:find("join", 1, true) then return end -- see below
      local output, rc = helper.process(([=[
        kept = { llthreads.new("return 7") }
        for i, mode in ipairs { { true, true }, { true, false }, { false, true }, { false, false } } do
          local ready = os.tmpname()
          os.remove(ready)
          local code = i > 2 and "for i = 1, 1000 do tostring({}) end error()" or "sleep(3600)"
          kept[#kept + 1] = llthreads.new(child .. "set(...) " .. code, ready):start(mode[1], mode[2])
          wait(ready)
          os.remove(ready)
        end
        on_close(function() pcall(kept[4].join, kept[4]) end)
        for i = 1, 3 do on_close(function() %s end) end
        io.stdout:write "end\n"
      ]=]):format(body), "exec 2>/dev/null")
      assert.same({ "end\n", 0 }, { output, rc })
    end)

    it("in the midst of calls that copy is no crash", function()
      local output, rc = helper.process(([=[
        collectgarbage("setpause", 50)
        local function litter()
          local object = newproxy and newproxy(true) or {}
          local meta = newproxy and getmetatable(object) or {}
          function meta.__gc() pcall(function() %s end) debug.sethook() end
          setmetatable(newproxy and {} or object, meta)
        end
        local values = {}
        for i = 1, 300 do values[i] = { i, tostring(i) } end
        for i = 1, 50 do
          litter()
          assert(#select(2, assert(llthreads.new("return ...", values):start():join())) == 300)
          pcall(llthreads.new, "return", values, print, litter)
          pcall(llthreads.new, "x x", values)
        end
        print "end"
        os.exit(0)
      ]=]):format(body), "exec 2>/dev/null")
      assert.same({ "end\n", 0 }, { output, rc })
    end)
  end)
end

describe("a finalizer that starts threads", function()
  it("in a parent that closes, when others end too, is no crash #D9", function()
    for _ = 1, 3 do
      local output, rc = helper.process([[
        local code = "for i = 1, (...) * 1000 do tostring({}) end"
        litter = {}
        for i = 1, 200000 do litter[i] = {} end -- to be freed between the module's unloading and the process's end
        for _ = 1, 3 do
          on_close(function()
            for i = 1, 5 do llthreads.new(code, i):start(i % 2 == 0) end
          end)
        end
        for i = 1, 50 do llthreads.new(code, i):start(true, i % 2 == 0) end
      ]])
      assert.same({ "", 0 }, { output, rc })
    end
  end)
end)

describe("a finalizer that collects a thread", function()
  it("which is just being joined takes nothing away that is in use #D7", function()
    -- What the child's state points to is overwritten if it is freed: then it sees an interrupt that nobody asked for.
    local output, rc = helper.process([[
      local collected = 0
      for i = 1, 20 do
        local thread = llthreads.new(child .. [=[
          local path = ...
          on_close(function() if llthreads.interrupted() then set(path) end end)
          local t = {}
          for i = 1, 2000 do t[i] = { i } end -- for more the collector rests
          return t
        ]=], arg[0] .. ".freed"):start()
        local joining, used = false, {}
        collectgarbage()
        collectgarbage("stop")
        local meta = getmetatable(newproxy and newproxy(true) or setmetatable({}, {}))
        function meta.__gc()
          if not joining then return end
          getmetatable(thread).__gc(thread)
          collected = collected + 1
          for size = 1, 300 do used[size] = ("\255"):rep(size) end
        end
        if not newproxy then setmetatable({}, meta) end
        joining = true
        collectgarbage("restart")
        assert(#select(2, assert(thread:join())) == 2000)
        joining = false
      end
      print(collected, io.open(arg[0] .. ".freed"))
    ]])
    assert.same({ "20\tnil", 0 }, { output:match("^%d+\tnil"), rc })
  end)
end)

describe("a logger", function()
  it("may do what it likes: the error is told all the same", function()
    local output, rc = helper.process([==[
      for i, body in ipairs {
        "error('in the logger')", "error({})", "coroutine.yield()", "local function f() return 1 + f() end f()",
        "collectgarbage()", "llthreads.set_logger(print)", "debug.sethook(error, 'crl', 1)", "debug.traceback = nil",
        "llthreads.new('error(1)'):start():join()", "llthreads.new('return 7'):start(true)",
        "on_close(function() llthreads.set_logger(print) end)", "llthreads.interrupted = nil",
        "local r = debug.getregistry() for k in pairs(r) do if type(k) == 'userdata' then r[k] = nil end end",
      } do
        for _, mode in ipairs { { false, true }, { false, false }, { true, true }, { true, false } } do
          local told = os.tmpname()
          os.remove(told)
          local code = [[
            local told, body = ...
            llthreads.set_logger(function(text)
              assert(text:find("boo", 1, true))
              set(told)
              assert((loadstring or load)(body))()
            end)
            error("boo")
          ]]
          local thread = llthreads.new(child .. code, told, child .. body):start(mode[1], mode[2])
          if mode[2] and not mode[1] then
            local ok, err = thread:join()
            if ok or not err:find("boo", 1, true) then print(i, ok, err) end
          end
          wait(told)
          os.remove(told)
        end
      end
      print "end"
    ]==], "exec 2>/dev/null")
    assert.same({ "end\n", 0 }, { output, rc })
  end)

  it("may be a C function of any kind", function()
    local output, rc = helper.process([[
      for i, logger in ipairs { "error", "coroutine.yield", "os.remove", "debug.sethook", "string.gmatch", "pcall",
        "llthreads.set_logger", "llthreads.new", "('x'):gmatch('.')", "coroutine.wrap(function() error {} end)" } do
        local thread = llthreads.new(child .. "llthreads.set_logger(" .. logger .. ") error('boo')"):start()
        local ok, err = thread:join()
        if ok or not err:find("boo", 1, true) then print(logger, ok, err) end
      end
      print "end"
    ]])
    assert.same({ "end\n", 0 }, { output, rc })
  end)
end)
