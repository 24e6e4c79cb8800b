local helper = require "spec.helper"
local new = helper.new

-- What the logger of a child gets, line by line, and what `join` gives.
local function logged(code)
  local output, rc = helper.process(([[
    io.stdout:setvbuf "no"
    print("join", llthreads.new(%q):start():join())
  ]]):format(helper.child
    .. "llthreads.set_logger(function(...) print('logger', select('#', ...), ...) end) " .. code))
  assert.equal(0, rc)
  return output
end

describe("the logger of a child", function()
  it("gets the message with traceback, before join gives it", function()
    local output = logged("error('boo', 0)")
    assert.matches("^logger\t1\tError from thread: boo\nstack traceback:\n", output)
    local first, second =
      output:match("^logger\t1\tError from thread: (.-)\njoin\tfalse\tError from child thread: (.*)\n$")
    assert.equal(first, second)
  end)

  it("is told nothing if nothing failed", function()
    assert.equal("join\ttrue\n", logged("return"))
  end)

  it("is told in the child's thread also if nobody joins", function()
    local told = helper.flag()
    new("local path = ... llthreads.set_logger(function() set(path) end) error('x')", told.path):start(true)
    told.wait()
  end)

  it("is the one set last", function()
    assert.equal("last\njoin\tfalse\n", (logged([[
      llthreads.set_logger(function() print("last") end) error("x")
    ]]):gsub("false.*", "false\n")))
  end)

  it("may fail: its failure is dropped", function()
    for _, body in ipairs { "error('in logger')", "error({})", "coroutine.yield()", "local x = nil; x()" } do
      local output = logged("llthreads.set_logger(function() " .. body .. " end) error('boo', 0)")
      assert.matches("^join\tfalse\tError from child thread: boo\nstack traceback:\n", output)
    end
  end)

  it("is not the parent's", function()
    local output = helper.process([[
      llthreads.set_logger(function() print("parent's logger") end)
      llthreads.new("error('boo', 0)"):start():join()
    ]])
    assert.matches("^Error from thread: boo\n", output)
  end)

  it("keeps zero bytes #D4", function()
    local told = helper.flag()
    local code = [[
      local path = ...
      llthreads.set_logger(function(line)
        local f = io.open(path .. ".part", "wb")
        f:write(line)
        f:close()
        os.rename(path .. ".part", path)
      end)
      error("a\0b", 0)
    ]]
    new(code, told.path):start(true)
    told.wait()
    local f = assert(io.open(told.path, "rb"))
    assert.equal("Error from thread: a\0b\nstack", f:read("*a"):sub(1, 28))
    f:close()
  end)
end)

describe("without a logger the message", function()
  it("goes to stderr, with a newline", function()
    local output = helper.process([[llthreads.new("error('boo', 0)"):start():join()]])
    assert.matches("^Error from thread: boo\nstack traceback:\n.*in main chunk\n$", output)
    local stdout = helper.process([[llthreads.new("error('boo', 0)"):start():join()]], "exec 2>/dev/null")
    assert.equal("", stdout)
  end)

  it("goes there whole: the lines of many children do not mix #D4", function()
    local output = helper.process([[
      local threads = {}
      for i = 1, 50 do
        threads[i] = llthreads.new("error(('x'):rep(500) .. '\\0' .. ('y'):rep(500), 0)"):start()
      end
      for _, thread in ipairs(threads) do thread:join() end
    ]])
    local line = "Error from thread: " .. ("x"):rep(500) .. "%z" .. ("y"):rep(500) .. "\nstack traceback:"
    local _, whole = output:gsub(line, "")
    assert.equal(50, whole)
  end)
end)
