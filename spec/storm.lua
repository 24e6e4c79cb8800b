-- A child in a storm of interrupts: recurses, makes garbage and coroutines until the file `stop` is there and no
-- interrupt is left, then gives how many it caught, how many rounds it did, and an error that was none of them.
--
-- An interrupt strikes anywhere, also between a pcall and what comes after it: there the next pcall has to catch it. So
-- the work is inside of `depth` of them, and whenever it begins the file `progress` grows by a byte: if fewer than
-- `depth` interrupts come from one such byte to the next, none gets beyond the first pcall.
local llthreads, progress, stop, depth = require((...)), select(2, ...)
progress = assert(io.open(progress, "a"))
progress:setvbuf("no")
local caught, rounds, strange, stopped = 0, 0, nil, false

local function is_set(path)
  local f = io.open(path)
  return f and (f:close() or true)
end

local function recurse(n)
  local garbage = { n, tostring(n) }
  return n == 0 and 0 or 1 + recurse(n - 1) * #garbage / 2
end

local function round()
  assert(recurse(40) == 40)
  local outer = coroutine.wrap(function()
    for i = 1, 3 do
      local inner = coroutine.wrap(function()
        local ok, err = pcall(recurse, 10)
        if not ok then error(err, 0) end
        return i
      end)
      coroutine.yield(inner())
    end
  end)
  for i = 1, 3 do
    local given = outer()
    if given ~= i and not strange then strange = "given: " .. tostring(given) end
  end
  collectgarbage("step")
  rounds = rounds + 1
end

local function work()
  assert(progress:write("."))
  repeat round() until is_set(stop)
  if llthreads.interrupted() then caught = caught + 1 end
  stopped = true
end

local function guard(left)
  repeat
    local ok, err = pcall(left > 0 and guard or work, left - 1)
    if not ok then
      if not tostring(err):find(llthreads.interrupted_error, 1, true) then strange = err end
      caught = caught + 1
    end
  until stopped
end

guard(depth)
return caught, rounds, strange
