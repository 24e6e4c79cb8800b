-- Memory that runs out, wherever it can. spec/13 has what asks for too much at once.
local helper = require "spec.helper"

-- `attempt` makes, starts and joins a thread, between its calls of `fill` and `free` with too little memory: what comes
-- of it has to be right, or an error that says so.
local attempts = ("local name = %q"):format(helper.name) .. [[
  if jit then jit.off() end -- LuaJIT alone can crash when memory runs out in compiled code
  local QUIET = ("require %q.set_logger(function() end) "):format(name)
  local RETURNS = QUIET .. [=[
    if jit then jit.off() end
    local kilobytes, argument = ...
    local text = ("x"):rep(1000):rep(kilobytes)
    local t = { argument[3][1], same = argument[3] }
    for i = 1, 20 do t[i + 1] = text .. i end
    return 7, t
  ]=]
  local RAISES = QUIET .. "error({ 7, ('x'):rep(1000):rep((...)) })"
  local shared = { "shared" }
  local argument = { 1, "two", shared, [shared] = shared, long = ("x"):rep(2000) }
  local thread
  local function run(fill, code, kilobytes, ...)
    thread = nil
    fill()
    thread = llthreads.new(code, kilobytes, argument)
    local ok, err = thread:start(...)
    if not ok then error(err, 0) end
    return thread:join()
  end
  local function of_memory(err)
    for _, text in ipairs { "not enough memory", "stack overflow (too many", "Resource temporarily unavailable" } do
      if err:find(text, 1, true) then return true end
    end
    error("not of memory: " .. tostring(err), 0)
  end
  local outcomes = { raised = 0, ["join raised"] = 0, ["child failed"] = 0, done = 0 }
  local function attempt(fill, free, code, kilobytes, ...)
    local outcome = "done"
    local called, ok, value, more = pcall(run, fill, code, kilobytes, ...)
    free()
    if not called then
      outcome = "raised"
      if thread and thread:started() then
        outcome = "join raised"
        called, ok, value, more = pcall(thread.join, thread)
        assert(ok ~= nil, value)
      end
    end
    if not called then
      of_memory(ok)
    elseif ok and value == 0 then -- as it should be
    elseif ok then
      assert(value == 7 and more[1] == "shared" and more.same[1] == "shared" and #more[21] == 1000 * kilobytes + 2)
    elseif more then
      assert(more[1] == 7 and #more[2] == 1000 * kilobytes)
    elseif not value:find("(error object is a table value)", 1, true) then -- there was no memory for the value
      of_memory(value)
      outcome = "child failed"
    end
    outcomes[outcome] = outcomes[outcome] + 1
    ok, value, more, thread = nil
    collectgarbage()
    collectgarbage()
  end
  -- Of a small stack Lua 5.2 leaves so little that `free` can't be called.
  local function deep(n, f)
    if n == 0 then return f() end
    return (deep(n - 1, f))
  end
  local function again() assert(select(2, assert(llthreads.new("return 7"):start():join())) == 7) end
]]

describe("no memory", function()
  it("at any allocation is an error or no matter, and nothing is left behind #D11", function()
    local library = os.tmpname()
    assert(os.execute("cc -shared -fPIC -o " .. library .. " spec/no_memory.c"))
    local output, rc = helper.process(attempts .. ([[
      local fail = {}
      for _, name in ipairs { "once", "forever", "again", "stop", "blocks" } do
        fail[name] = assert(package.loadlib(%q, name))
      end
      local failed
      local function free() failed = fail.stop(true) end
      local function sweep(mode)
        for _, code in ipairs { RETURNS, RAISES } do
          for _, kind in ipairs { { false, true }, { true, true }, { false, false } } do
            for kilobytes = 1, jit and 161 or 1, 20 do -- LuaJIT takes from the system by the 128 KiB
              fail.again()
              repeat
                deep(50, function() attempt(mode, free, code, kilobytes, kind[1], kind[2]) end)
              until not failed
            end
          end
        end
      end
      fail.blocks()
      sweep(fail.once)
      fail.blocks()
      sweep(fail.forever)
      fail.blocks()
      for outcome, count in pairs(outcomes) do assert(count > 0 or jit, outcome) end
      again()
    ]]):format(library), "export LD_PRELOAD=" .. library)
    os.remove(library)
    assert.equal(0, rc, output)
    local before, after = output:match("^%d+\n(%d+)\n(%d+)\n$")
    assert.equal(before, after)
  end)

  it("in the address space is an error of the one who asks, and the next thread runs #D11", function()
    local output, rc = helper.process(attempts .. [[
      local kilobytes, text = nil, ("x"):rep(1000)
      local function fill() argument.long = text:rep(10 * kilobytes) end
      local function free() argument.long = nil collectgarbage() collectgarbage() end
      for k = 1, 4001, 100 do
        kilobytes = k
        for _, detached in ipairs { false, true } do
          attempt(fill, free, RETURNS, k, detached, true)
          again()
        end
      end
      assert(outcomes.raised > 0 and outcomes.done > 0)
    ]], "ulimit -s 256; ulimit -v 90000")
    assert.same({ "", 0 }, { output, rc })
  end)
end)
