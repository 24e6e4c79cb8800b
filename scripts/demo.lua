-- Counts primes, first alone, then split over threads: each shows its progress, and the speed-up is printed.
--   lua scripts/demo.lua [THREADS [LIMIT]]
local threads_ex = require "llthreads2.ex"

-- Wall time in seconds, by the best clock there is.
local function clock()
  local ok, socket = pcall(require, "socket")
  if ok then return socket.gettime() end
  local date = io.popen("date +%s.%N 2>/dev/null")
  local text = date and date:read("*l")
  if date then date:close() end
  return tonumber(text) or os.time()
end

local function cores()
  local pipe = io.popen("getconf _NPROCESSORS_ONLN 2>/dev/null")
  local n = pipe and tonumber(pipe:read("*l") or "")
  if pipe then pipe:close() end
  return n or 4
end

-- The job: the primes from `first` to `last`, told of in tenths if it has a name. It is copied into each thread, so
-- it uses nothing from around it.
local function count_primes(first, last, name)
  local count, told = 0, 0
  for n = first, last do
    local prime = n > 1
    local divisor = 2
    while divisor * divisor <= n do
      if n % divisor == 0 then prime = false break end
      divisor = divisor + 1
    end
    if prime then count = count + 1 end
    local tenth = math.floor((n - first + 1) * 10 / (last - first + 1))
    if name and tenth > told then
      told = tenth
      io.write(("  %s  [%s%s] %3d%%\n"):format(name, ("#"):rep(tenth), ("."):rep(10 - tenth), tenth * 10))
      io.flush()
    end
  end
  return count
end

local threads = tonumber(arg[1]) or cores()
local limit = tonumber(arg[2]) or (jit and 6000000 or 1500000)

print(("Primes up to %d on %s"):format(limit, jit and jit.version or _VERSION))
print "one after the other:"
local before = clock()
local expected = count_primes(1, limit, "alone   ")
local serial = clock() - before

print(("with %d threads:"):format(threads))
before = clock()
local running, first = {}, 1
for i = 1, threads do
  -- Larger numbers take longer: bounds that share the work out evenly.
  local last = i == threads and limit or math.floor(limit * (i / threads) ^ (2 / 3))
  running[i] = assert(threads_ex.new(count_primes, first, last, ("thread %d"):format(i)):start())
  first = last + 1
end
local sum = 0
for _, thread in ipairs(running) do
  local ok, count = thread:join()
  assert(ok, count)
  sum = sum + count
end
local parallel = clock() - before
assert(sum == expected, "the threads counted otherwise")

print(("%d primes; serial %.2f s, parallel %.2f s, speed-up %.2f on %d processors"):format(
  sum, serial, parallel, serial / parallel, cores()))
