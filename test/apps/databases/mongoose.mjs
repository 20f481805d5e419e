// Mongoose on a server that speaks MongoDB's protocol: the buyer of each purchase by a query of its own, then populated.
import mongoose from 'mongoose';
import { request } from './request.mjs';

await mongoose.connect(process.env.DATABASE_URL, { autoIndex: false, autoCreate: false });
const Buyer = mongoose.model('Buyer', new mongoose.Schema({ _id: Number, name: String }));
const Purchase = mongoose.model(
  'Purchase',
  new mongoose.Schema({ _id: Number, buyer: { type: Number, ref: 'Buyer' } }),
);
const ids = Array.from({ length: 8 }, (_, i) => i);
await Buyer.insertMany(ids.map((id) => ({ _id: id, name: `buyer ${id}` })));
await Purchase.insertMany(ids.map((id) => ({ _id: id, buyer: id })));

await request('each', async () => {
  for (const { buyer } of await Purchase.find()) await Buyer.findOne({ _id: buyer });
});
await request('at once', () => Promise.all(ids.map((id) => Buyer.findOne({ _id: id }))));
await request('populated', () => Purchase.find().populate('buyer'));
await request('saved', async () => {
  for (const id of ids) await new Buyer({ _id: id + 100, name: 'new' }).save();
});
await request('cursor', async () => {
  for await (const _ of Purchase.find().cursor({ batchSize: 1 }));
});
await mongoose.disconnect();
