// Ends while it starts, before any span: a setting that its code does not expect.
console.log('starting');
const plans = JSON.parse('{"basic":{"price":5},"pro":null}');
function priceOf(plan) {
  return plan.price * 100;
}
console.log(Object.values(plans).map(priceOf));
